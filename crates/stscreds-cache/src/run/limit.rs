use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use stscreds_core::InteractiveScope;

use crate::alarm::Timer;

/// The limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Runs `work` for at most `limit`, not counting the time in which it
/// [waits for a person](stscreds_core::interactive).
///
/// `attend` is told when such a time begins and ends. Without a limit, no timer is
/// made. The runtime needs no timer.
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
    running: Option<Timer>,
}

impl Allowance {
    fn new(left: Duration) -> Self {
        Self { left, running: None }
    }

    fn pause(&mut self) {
        if let Some(timer) = self.running.take() {
            self.left = self.left.saturating_sub(timer.elapsed());
        }
    }

    fn poll_spent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        self.running.get_or_insert_with(|| Timer::start(left, cx)).poll(cx)
    }
}
