use stscreds::aws_sdk::credential_process;
use zeroize::Zeroizing;

use super::{resolve, sources};
use crate::arguments::Common;
use crate::failure::Failure;
use crate::notes::{Notes, print};

/// Prints what `credential_process` of every SDK reads.
pub(super) fn run(common: &Common, notes: &Notes) -> Result<(), Failure> {
    let resolved = resolve(&sources()?, common, notes)?;
    let output = credential_process::output(&resolved.credentials);
    // One write, so that the lines of processes with one output do not mix.
    let line = Zeroizing::new([output.expose(), "\n"].concat());
    print(&line)
}
