//! A budget of requests to STS, shared by any number of pools and clients.

mod permit;

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind};
use tokio::time::Instant;

pub use self::permit::Permit;
use self::permit::Queueing;
use super::turns::{Bucket, Rank, Tenant, Ticket, Turns};

/// How many requests may be sent to STS, and how many at once.
///
/// STS answers [about 600 requests a second](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
/// for each account and region and throttles what is above. The account is the *caller's*: one
/// budget for each account whose credentials sign, and region. A cheap handle; clones are the
/// same budget.
///
/// When STS throttles a request, the rate is halved, at most once a second, and comes back by a
/// fiftieth of itself per second. When STS cannot be reached, one request at a
/// time tries again, and the others get its error at once.
///
/// ```
/// use stscreds_cache::pool::Budget;
///
/// let budget = Budget::per_second(300).burst(30).concurrency(160).build();
/// ```
#[derive(Clone)]
pub struct Budget(Arc<Inner>);

struct Inner {
    began: Instant,
    hasher: RandomState,
    state: Mutex<State>,
}

struct State {
    turns: Turns,
    waiting: HashMap<Ticket, Waiting>,
    /// Who waits for the next token on behalf of all.
    driver: Option<Ticket>,
    reach: Reach,
    throttled: u64,
}

enum Waiting {
    /// To be woken when there is news.
    Queued(Option<Waker>),
    /// Its turn has come.
    Granted(Tenant),
    /// STS cannot be reached.
    Refused(Error),
}

/// Whether STS can be reached.
#[derive(Default)]
struct Reach {
    failures: u32,
    last: Option<Error>,
}

impl Budget {
    /// A budget of so many requests per second; 0 counts as 1.
    ///
    /// Without further options ten of them may be sent at once, and half as many as the rate
    /// may be in flight, which is what a latency of half a second needs.
    pub fn per_second(rate: u32) -> BudgetBuilder {
        let rate = rate.max(1);
        BudgetBuilder {
            rate,
            burst: (rate / 10).max(1),
            concurrency: (rate / 2).max(1),
            of_tenant: None,
            queue_timeout: Duration::from_secs(30),
        }
    }

    /// Takes part of the budget for one request: waits for its turn.
    ///
    /// What a [`Pool`](super::Pool) asks in this task says how urgent it is and for which tenant;
    /// outside of a pool it is urgent, and all such requests are one tenant's. While it waits,
    /// the time limits of caches and STS clients around it are paused.
    ///
    /// # Errors
    ///
    /// [`Throttled`](ErrorKind::Throttled) at once if the wait would be longer than the queue
    /// timeout, with the expected wait, the length of the queue and the present rate.
    /// The error of the last request while STS cannot be reached.
    ///
    /// # Cancel safety
    ///
    /// A request that is dropped while it waits leaves the queue.
    pub async fn permit(&self) -> Result<Permit, Error> {
        let (tenant, rank, ticket_of) = super::turn::current();
        let tenant = tenant.unwrap_or(Tenant(0));
        Queueing::new(self, tenant, rank, ticket_of)?.await
    }

    /// What is queued and in flight now.
    #[must_use]
    pub fn stats(&self) -> BudgetStats {
        let now = self.now();
        let mut state = self.lock();
        BudgetStats {
            queued: state.turns.queued_by_rank().iter().sum(),
            queued_by_rank: state.turns.queued_by_rank(),
            in_flight: state.turns.in_flight(),
            rate: state.turns.rate(now),
            oldest_wait: state.turns.oldest(now),
            throttled: state.throttled,
        }
    }

    /// The tenant of this name, in all pools that share the budget.
    pub(super) fn tenant_of(&self, tenant: &impl Hash) -> Tenant {
        Tenant(self.0.hasher.hash_one(tenant))
    }

    /// A queued request became more urgent.
    pub(super) fn raise(&self, ticket: Ticket, rank: Rank) {
        self.lock().turns.raise(ticket, rank);
    }

    fn now(&self) -> Duration {
        self.0.began.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands out what may be sent now. Returns whom to wake, outside of the lock.
    fn hand_out(&self, state: &mut State) -> Vec<Waker> {
        let now = self.now();
        let mut wakers = Vec::new();
        while !state.reach.holds_back(state.turns.in_flight()) {
            let Some((ticket, tenant)) = state.turns.grant(now) else { break };
            if let Some(Waiting::Queued(Some(waker))) =
                state.waiting.insert(ticket, Waiting::Granted(tenant))
            {
                wakers.push(waker);
            }
        }
        // Somebody must wait for the next token: the one who did may have been served.
        let is_driven = state
            .driver
            .is_some_and(|driver| matches!(state.waiting.get(&driver), Some(Waiting::Queued(_))));
        if !is_driven {
            state.driver = None;
            let next = state.waiting.values_mut().find_map(|waiting| match waiting {
                Waiting::Queued(waker) => waker.take(),
                _ => None,
            });
            wakers.extend(next);
        }
        wakers
    }

    /// A request has ended so.
    fn ended(&self, tenant: Tenant, outcome: Ended<'_>) {
        let now = self.now();
        let mut state = self.lock();
        state.turns.done(tenant);
        match outcome {
            Ended::Unknown => {}
            Ended::Answered => state.reach = Reach::default(),
            Ended::Throttled => {
                state.reach = Reach::default();
                state.throttled += 1;
                state.turns.throttled(now);
            }
            Ended::Unreachable(error) => {
                state.reach.failures = state.reach.failures.saturating_add(1);
                state.reach.last = Some(error.clone());
            }
        }
        let mut wakers = state.refuse_unreachable();
        wakers.extend(self.hand_out(&mut state));
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl State {
    /// While STS cannot be reached, all who wait get the error, and the next caller may try.
    fn refuse_unreachable(&mut self) -> Vec<Waker> {
        let Some(error) = self.reach.down().cloned() else { return Vec::new() };
        let mut wakers = Vec::new();
        for ticket in self.turns.tickets() {
            self.turns.leave(ticket);
            let refused = Waiting::Refused(error.clone());
            if let Some(Waiting::Queued(Some(waker))) = self.waiting.insert(ticket, refused) {
                wakers.push(waker);
            }
        }
        wakers
    }
}

impl Reach {
    /// The last error, if STS cannot be reached.
    fn down(&self) -> Option<&Error> {
        self.last.as_ref().filter(|_| self.failures >= FAILURES_UNTIL_DOWN)
    }

    /// Whether nothing may be sent, as one request tries for all.
    fn holds_back(&self, in_flight: usize) -> bool {
        self.down().is_some() && in_flight > 0
    }
}

/// So many requests in a row could not reach STS: fewer may be chance.
const FAILURES_UNTIL_DOWN: u32 = 3;

/// What became of a request.
#[derive(Clone, Copy)]
enum Ended<'a> {
    Answered,
    Throttled,
    Unreachable(&'a Error),
    /// It was dropped.
    Unknown,
}

impl<'a> Ended<'a> {
    fn of(error: Option<&'a Error>) -> Self {
        match error.map(|error| (error, error.kind())) {
            Some((_, ErrorKind::Throttled)) => Self::Throttled,
            Some((error, ErrorKind::ConnectionFailed | ErrorKind::TimedOut)) => {
                Self::Unreachable(error)
            }
            _ => Self::Answered,
        }
    }
}

/// Builds a [`Budget`]; made by [`Budget::per_second`].
#[derive(Debug, Clone)]
#[must_use = "call `build` to get the budget"]
pub struct BudgetBuilder {
    rate: u32,
    burst: u32,
    concurrency: u32,
    of_tenant: Option<u32>,
    queue_timeout: Duration,
}

impl BudgetBuilder {
    /// How many requests may be sent at once after a pause; 0 counts as 1.
    pub fn burst(self, burst: u32) -> Self {
        Self { burst: burst.max(1), ..self }
    }

    /// How many requests may be in flight: the rate times the seconds that STS takes.
    pub fn concurrency(self, concurrency: u32) -> Self {
        Self { concurrency: concurrency.max(1), ..self }
    }

    /// How many of them may be one tenant's; a quarter if this is not called.
    pub fn concurrency_of_tenant(self, concurrency: u32) -> Self {
        Self { of_tenant: Some(concurrency.max(1)), ..self }
    }

    /// How long a request may have to wait for its turn; 30 seconds if this is not called.
    pub fn queue_timeout(self, queue_timeout: Duration) -> Self {
        Self { queue_timeout, ..self }
    }

    /// The budget. It begins full.
    #[must_use]
    pub fn build(self) -> Budget {
        let bucket = Bucket::new(f64::from(self.rate), f64::from(self.burst));
        let slots = usize::try_from(self.concurrency).unwrap_or(usize::MAX);
        let of_tenant = self.of_tenant.unwrap_or(self.concurrency.div_ceil(4));
        let of_tenant = usize::try_from(of_tenant).unwrap_or(usize::MAX);
        let turns = Turns::new(bucket, slots, of_tenant, self.queue_timeout);
        let state = State {
            turns,
            waiting: HashMap::new(),
            driver: None,
            reach: Reach::default(),
            throttled: 0,
        };
        Budget(Arc::new(Inner {
            began: Instant::now(),
            hasher: RandomState::new(),
            state: Mutex::new(state),
        }))
    }
}

/// What is queued and in flight.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BudgetStats {
    /// Requests that wait for their turn.
    pub queued: usize,
    /// The same by urgency: callers wait, about to expire, due, nobody waits.
    pub queued_by_rank: [usize; 4],
    /// Requests that have been sent and not answered.
    pub in_flight: usize,
    /// Requests per second that may be sent at present.
    pub rate: f64,
    /// How long the oldest of the queued has waited.
    pub oldest_wait: Duration,
    /// How many requests STS has throttled.
    pub throttled: u64,
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Budget").field(&self.stats()).finish()
    }
}
