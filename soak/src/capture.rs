use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Everything that our crates log, and all else that is shown, until it was looked through.
#[derive(Debug, Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// Captures what is logged on this thread by our crates at any level, while the guard lives.
    ///
    /// The SDK's own log is left out: at its most talkative it shows requests as they are.
    pub(crate) fn begin(&self) -> DefaultGuard {
        let ours = FilterFn::new(|of| of.target().starts_with("stscreds") || of.is_span());
        let lines =
            tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(self.clone()));
        let subscriber = tracing_subscriber::registry().with(lines.with_filter(ours));
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn show(&self, text: &str) {
        self.lock().extend_from_slice(text.as_bytes());
    }

    /// What was captured since the last time.
    pub(crate) fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.lock());
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
