use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::{Instant as TokioInstant, Sleep};

use super::Alarm;

/// Is ready after some time: tokio's where that is virtual, real time elsewhere.
pub(crate) enum Timer {
    Virtual { since: TokioInstant, sleep: Pin<Box<Sleep>> },
    Real { since: Instant, time: Duration, alarm: Alarm },
}

impl Timer {
    pub(crate) fn start(time: Duration, cx: &Context<'_>) -> Self {
        if is_virtual() {
            let sleep = Box::pin(tokio::time::sleep(time));
            return Self::Virtual { since: TokioInstant::now(), sleep };
        }
        Self::Real { since: now(), time, alarm: Alarm::after(time, cx.waker().clone()) }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        match self {
            Self::Virtual { since, .. } => since.elapsed(),
            Self::Real { since, .. } => now().saturating_duration_since(*since),
        }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Virtual { sleep, .. } => sleep.as_mut().poll(cx),
            Self::Real { since, time, alarm } => {
                // An alarm rings once.
                let is_over = now().saturating_duration_since(*since) >= *time;
                if is_over || !alarm.renew(cx.waker()) { Poll::Ready(()) } else { Poll::Pending }
            }
        }
    }
}

/// Whether tokio's clock is paused here: it stays the same while the real one moves on.
///
/// Where it is paused there is a timer, which `tokio::time::sleep` then finds.
pub(crate) fn is_virtual() -> bool {
    let (shown, began) = (TokioInstant::now(), now());
    while now() == began {
        std::hint::spin_loop();
    }
    TokioInstant::now() == shown
}

#[expect(clippy::disallowed_methods, reason = "a thread can only wait for real time")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn paused_time_is_virtual() {
        assert!(is_virtual());
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert!(is_virtual());
    }

    #[tokio::test]
    async fn time_that_passes_is_not() {
        assert!(!is_virtual());
    }

    #[test]
    fn without_a_runtime_time_is_real() {
        assert!(!is_virtual());
    }
}
