use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::clock;

/// How long the person who started it is willing to wait: until the announced end, or
/// until Ctrl-C.
#[derive(Debug)]
pub struct Patience {
    began: Instant,
    ends: Instant,
    was_interrupted: Arc<AtomicBool>,
}

impl Patience {
    /// From now on for as long as was announced.
    pub fn until(announced: Duration, runtime: &Runtime) -> Self {
        let was_interrupted = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&was_interrupted);
        #[expect(clippy::print_stderr, reason = "it answers Ctrl-C")]
        runtime.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                eprintln!("\nstopping; writing what there is");
                told.store(true, Ordering::SeqCst);
            }
        });
        let began = clock::instant();
        Self { began, ends: began + announced, was_interrupted }
    }

    /// Whether there is time for one more measurement.
    #[must_use]
    pub fn lasts(&self) -> bool {
        !self.was_interrupted.load(Ordering::SeqCst) && clock::instant() < self.ends
    }

    /// How long it has taken so far.
    #[must_use]
    pub fn spent(&self) -> Duration {
        self.began.elapsed()
    }
}
