//! The log of this process: our crates at `TRACE`, all others at `DEBUG`.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};

#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    pub(crate) fn install() -> Self {
        let log = Self::default();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(Mutex::new(log.clone()))
            // Microseconds are six digits, as a code is.
            .without_time()
            .with_filter(filter_fn(|event| {
                let is_ours = event.target().starts_with("stscreds");
                *event.level() <= if is_ours { Level::TRACE } else { Level::DEBUG }
            }));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
