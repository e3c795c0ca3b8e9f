use std::panic::{AssertUnwindSafe, catch_unwind};

use stscreds_core::{Error, ErrorKind};

/// Runs foreign code, and makes an error of a panic.
///
/// The panic's message is left out: nobody knows what it holds.
pub(crate) fn caught<R>(who: &'static str, run: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_message| Error::new(ErrorKind::Bug, format!("{who} panicked")))
}
