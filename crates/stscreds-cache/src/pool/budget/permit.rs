//! One request's part of the budget: the wait for it, and its end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use stscreds_core::{Error, ErrorKind, InteractiveSection};

use super::{Budget, Ended, Waiting};
use crate::alarm::Timer;
use crate::pool::turns::{Full, Rank, Tenant, Ticket};

/// Leave to send one request. It counts as in flight until this is dropped.
#[derive(Debug)]
#[must_use = "the request counts as ended when this is dropped"]
pub struct Permit {
    budget: Budget,
    tenant: Tenant,
    is_reported: bool,
}

impl Permit {
    /// The request has ended, with this error if it failed.
    ///
    /// [`Throttled`](ErrorKind::Throttled) slows the whole budget down,
    /// [`ConnectionFailed`](ErrorKind::ConnectionFailed) and [`TimedOut`](ErrorKind::TimedOut)
    /// count towards STS being unreachable, and all else says that it can be reached.
    pub fn finish(mut self, error: Option<&Error>) {
        self.is_reported = true;
        self.budget.ended(self.tenant, Ended::of(error));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_reported {
            self.budget.ended(self.tenant, Ended::Unknown);
        }
    }
}

/// The wait for a turn.
pub(super) struct Queueing {
    budget: Budget,
    ticket: Option<Ticket>,
    /// Where those who want it more find its ticket.
    shown: Option<Arc<AtomicU64>>,
    timer: Option<Timer>,
    _paused: InteractiveSection,
}

impl Queueing {
    pub(super) fn new(
        budget: &Budget,
        tenant: Tenant,
        rank: Rank,
        shown: Option<Arc<AtomicU64>>,
    ) -> Result<Self, Error> {
        let now = budget.now();
        let mut state = budget.lock();
        // One request at a time tries whether STS can be reached again.
        if let Some(error) = state.reach.down().cloned()
            && state.turns.in_flight() + state.turns.queued() > 0
        {
            return Err(error);
        }
        let ticket = state.turns.enter(now, tenant, rank).map_err(|full| refused(&full))?;
        state.waiting.insert(ticket, Waiting::Queued(None));
        let wakers = budget.hand_out(&mut state);
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        if let Some(shown) = &shown {
            shown.store(ticket.0 + 1, Ordering::Relaxed);
        }
        Ok(Self {
            budget: budget.clone(),
            ticket: Some(ticket),
            shown,
            timer: None,
            _paused: InteractiveSection::open(),
        })
    }
}

impl Future for Queueing {
    type Output = Result<Permit, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(ticket) = this.ticket else {
            return Poll::Ready(Err(Error::new(ErrorKind::Bug, "a permit was awaited twice")));
        };
        loop {
            let mut state = this.budget.lock();
            // The next token may be there already.
            let wakers = this.budget.hand_out(&mut state);
            let outcome = match state.waiting.get_mut(&ticket) {
                Some(Waiting::Queued(waker)) => {
                    *waker = Some(cx.waker().clone());
                    None
                }
                _ => state.waiting.remove(&ticket),
            };
            let wait = match outcome {
                Some(_) => None,
                None if state.driver.is_some_and(|driver| driver != ticket) => None,
                None => {
                    state.driver = Some(ticket);
                    let now = this.budget.now();
                    state.turns.next_token(now)
                }
            };
            drop(state);
            wakers.into_iter().for_each(Waker::wake);
            match outcome {
                Some(Waiting::Granted(tenant)) => {
                    this.ticket = None;
                    let budget = this.budget.clone();
                    return Poll::Ready(Ok(Permit { budget, tenant, is_reported: false }));
                }
                Some(Waiting::Refused(error)) => {
                    this.ticket = None;
                    return Poll::Ready(Err(error));
                }
                _ => {}
            }
            let Some(wait) = wait else {
                this.timer = None;
                return Poll::Pending;
            };
            // Whole milliseconds and one more, as timers are no finer.
            let wait = wait + Duration::from_millis(1);
            let mut timer = Timer::start(wait, cx);
            if timer.poll(cx).is_pending() {
                this.timer = Some(timer);
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Queueing {
    fn drop(&mut self) {
        if let Some(shown) = &self.shown {
            shown.store(0, Ordering::Relaxed);
        }
        let Some(ticket) = self.ticket else { return };
        let mut state = self.budget.lock();
        let granted = match state.waiting.remove(&ticket) {
            Some(Waiting::Granted(tenant)) => Some(tenant),
            _ => None,
        };
        state.turns.leave(ticket);
        if state.driver == Some(ticket) {
            state.driver = None;
        }
        let wakers = self.budget.hand_out(&mut state);
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        if let Some(tenant) = granted {
            self.budget.ended(tenant, Ended::Unknown);
        }
    }
}

fn refused(full: &Full) -> Error {
    let Full { wait, queued, rate } = full;
    Error::new(
        ErrorKind::Throttled,
        format!(
            "the budget of STS requests is used up: {queued} requests are queued, this one would wait \
             {:.0} s at {rate:.1} requests per second",
            wait.as_secs_f64()
        ),
    )
}
