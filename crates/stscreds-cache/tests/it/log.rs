//! What is logged, for tests to read.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex, Once};

use tracing_subscriber::fmt::MakeWriter;

/// Everything that is logged on this thread while it captures.
///
/// One subscriber for all tests hands each line to the thread it is written on. With a
/// subscriber for each test, `tracing` may remember from a test without one that a line
/// interests nobody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

thread_local! {
    static CAPTURING: RefCell<Option<Log>> = const { RefCell::new(None) };
}

impl Log {
    /// Captures until what it returns is dropped.
    pub(crate) fn capture(&self) -> Capture {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(OfThisThread)
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
        });
        CAPTURING.replace(Some(self.clone()));
        Capture
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

pub(crate) struct Capture;

impl Drop for Capture {
    fn drop(&mut self) {
        CAPTURING.replace(None);
    }
}

struct OfThisThread;

impl MakeWriter<'_> for OfThisThread {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line(CAPTURING.with_borrow(Clone::clone))
    }
}

pub(crate) struct Line(Option<Log>);

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(log) = &self.0 {
            log.0.lock().unwrap().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
