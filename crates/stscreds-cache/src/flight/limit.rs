use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use stscreds_core::InteractiveScope;
use tokio::time::{Instant, Sleep};

/// The limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Runs `work` for at most `limit`, not counting the time in which it
/// [waits for a person](stscreds_core::interactive).
///
/// `attend` is told when such a time begins and ends. Without a limit, no timer is
/// made. A runtime that has no timer sets no limit.
pub(crate) async fn within<F: Future>(
    limit: Option<Duration>,
    work: F,
    attend: impl Fn(bool),
) -> Result<F::Output, Elapsed> {
    let scope = InteractiveScope::new();
    let mut work = pin!(work);
    let mut allowance = limit.map(Allowance::new);
    let mut was_open = false;
    poll_fn(|cx| {
        if let Poll::Ready(output) = scope.enter(|| work.as_mut().poll(cx)) {
            return Poll::Ready(Ok(output));
        }
        let is_open = scope.is_open();
        if is_open != was_open {
            was_open = is_open;
            attend(is_open);
        }
        match &mut allowance {
            None => Poll::Pending,
            Some(allowance) if is_open => {
                allowance.pause();
                Poll::Pending
            }
            Some(allowance) => allowance.poll_spent(cx).map(|()| Err(Elapsed)),
        }
    })
    .await
}

/// Time that is spent while it is polled and kept while it is paused.
struct Allowance {
    left: Duration,
    running: Option<(Instant, Pin<Box<Sleep>>)>,
    has_timer: bool,
}

impl Allowance {
    fn new(left: Duration) -> Self {
        Self { left, running: None, has_timer: true }
    }

    fn pause(&mut self) {
        if let Some((since, _)) = self.running.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
    }

    fn poll_spent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.running.is_none() && self.has_timer {
            let left = self.left;
            // A runtime without `enable_time` panics here. A flight without a limit is better than none.
            let started = catch_unwind(AssertUnwindSafe(|| {
                (Instant::now(), Box::pin(tokio::time::sleep(left)))
            }));
            self.has_timer = started.is_ok();
            self.running = started.ok();
        }
        match &mut self.running {
            Some((_, sleep)) => sleep.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}
