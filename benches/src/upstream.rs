use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::clock;

/// What a cache is in front of: it takes its time, counts its calls and can fail.
///
/// A handle: clones are the same upstream.
#[derive(Debug, Clone)]
pub struct Upstream(Arc<State>);

#[derive(Debug)]
struct State {
    latency: Duration,
    lifetime: Duration,
    ahead: Duration,
    clock: ClockChoice,
    is_down: AtomicBool,
    calls: AtomicU64,
    busy: Mutex<Vec<(Instant, Instant)>>,
}

#[derive(Debug)]
enum ClockChoice {
    OfTheCache,
    Still(SystemTime),
}

impl Upstream {
    /// An upstream that answers after `latency` with credentials of this `lifetime`,
    /// which a cache may replace `ahead` of their expiry.
    #[must_use]
    pub fn new(latency: Duration, lifetime: Duration, ahead: Duration) -> Self {
        Self::with_clock(latency, lifetime, ahead, ClockChoice::OfTheCache)
    }

    fn with_clock(
        latency: Duration,
        lifetime: Duration,
        ahead: Duration,
        clock: ClockChoice,
    ) -> Self {
        Self(Arc::new(State {
            latency,
            lifetime,
            ahead,
            clock,
            is_down: AtomicBool::new(false),
            calls: AtomicU64::new(0),
            busy: Mutex::default(),
        }))
    }

    /// One that answers at once with credentials for half a day, for questions about hits.
    #[must_use]
    pub fn instant() -> Self {
        Self::new(Duration::ZERO, Duration::from_secs(12 * 3_600), Duration::from_secs(900))
    }

    /// The same for caches that are run by valgrind, under which the tick clock of rustix
    /// cannot be read: those whose clock can be chosen get one that stands still.
    #[must_use]
    pub fn instant_while_time_stands_still() -> Self {
        let (lifetime, ahead) = (Duration::from_secs(12 * 3_600), Duration::from_secs(900));
        Self::with_clock(Duration::ZERO, lifetime, ahead, ClockChoice::Still(clock::precise()))
    }

    /// When time stands still for the cache in front of it, if it does.
    #[must_use]
    pub fn still(&self) -> Option<SystemTime> {
        match self.0.clock {
            ClockChoice::OfTheCache => None,
            ClockChoice::Still(at) => Some(at),
        }
    }

    /// How long before expiry a cache that refreshes ahead is to do so.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        self.0.ahead
    }

    /// How long what it issues is valid.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// From now on every call fails, after the same latency.
    pub fn go_down(&self) {
        self.0.is_down.store(true, Ordering::SeqCst);
    }

    /// From now on calls succeed again.
    pub fn come_up(&self) {
        self.0.is_down.store(false, Ordering::SeqCst);
    }

    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// From when to when it was busy with each call that has ended, unless it answers at once.
    #[must_use]
    pub fn busy(&self) -> Vec<(Instant, Instant)> {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// New credentials.
    ///
    /// # Errors
    ///
    /// [`Refused`] while it is down.
    ///
    /// # Cancel safety
    ///
    /// A dropped call is counted and yields nothing.
    pub async fn fetch(&self) -> Result<Issued, Refused> {
        let began = clock::instant();
        let serial = self.0.calls.fetch_add(1, Ordering::SeqCst);
        if !self.0.latency.is_zero() {
            tokio::time::sleep(self.0.latency).await;
            let call = (began, clock::instant());
            self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        }
        if self.0.is_down.load(Ordering::SeqCst) {
            return Err(Refused);
        }
        Ok(Issued { serial, expires_at: clock::precise() + self.0.lifetime })
    }
}

/// What an [`Upstream`] issued, to be turned into the type that a cache holds.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Issued {
    /// The number of the call, to tell one value from the next.
    pub serial: u64,
    /// When it expires.
    pub expires_at: SystemTime,
}

impl Issued {
    /// As the AWS SDK's credentials.
    #[must_use]
    pub fn sdk(&self) -> aws_credential_types::Credentials {
        aws_credential_types::Credentials::new(
            self.key(),
            secret(),
            Some(token()),
            Some(self.expires_at),
            "upstream",
        )
    }

    /// As credentials of `stscreds-core`.
    #[must_use]
    pub fn ours(&self) -> stscreds_core::Credentials {
        stscreds_core::Credentials::builder(self.key(), secret())
            .session_token(token())
            .expires_at(self.expires_at)
            .build()
    }

    fn key(&self) -> String {
        format!("ASIA{:016}", self.serial)
    }
}

/// The lengths are those of STS: 40 characters of secret, about 1,000 of token.
fn secret() -> String {
    "s".repeat(40)
}

fn token() -> String {
    "t".repeat(1_000)
}

/// The upstream did not answer, or a cache has remembered that it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the upstream is down")]
pub struct Refused;

impl From<Refused> for stscreds_core::Error {
    fn from(refused: Refused) -> Self {
        Self::new(stscreds_core::ErrorKind::ServiceUnavailable, "no credentials")
            .with_source(refused)
    }
}
