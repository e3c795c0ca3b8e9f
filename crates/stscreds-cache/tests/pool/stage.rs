//! A source that counts, and what is common to the tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use stscreds_cache::pool::{Budget, CredentialsPool, CredentialsPoolBuilder};
use stscreds_core::{Clock, Credentials, Error, ErrorKind, TimeSource, Timestamp};
use tokio::time::{Instant, sleep};

/// STS: it takes a while, and remembers when it was asked for which key.
#[derive(Clone)]
pub(crate) struct Sts(Arc<Inner>);

struct Inner {
    began: Instant,
    takes: Duration,
    asked: Mutex<Vec<(Duration, u32)>>,
}

/// Credentials live for a quarter of an hour.
pub(crate) const LIFE: Duration = Duration::from_secs(900);

impl Sts {
    pub(crate) fn new() -> Self {
        Self::that_takes(Duration::from_millis(100))
    }

    pub(crate) fn that_takes(takes: Duration) -> Self {
        Self(Arc::new(Inner { began: Instant::now(), takes, asked: Mutex::default() }))
    }

    pub(crate) async fn assume(&self, key: u32) -> Result<Credentials, Error> {
        let at = self.0.began.elapsed();
        self.0.asked.lock().unwrap().push((at, key));
        sleep(self.0.takes).await;
        match key {
            DENIED.. => Err(Error::new(ErrorKind::AccessDenied, "not this one")),
            _ => Ok(Credentials::builder(format!("ASIA{key}-{}", at.as_secs()), "secret")
                .expires_at(self.now() + LIFE)
                .build()),
        }
    }

    pub(crate) fn asked(&self) -> Vec<(Duration, u32)> {
        self.0.asked.lock().unwrap().clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.asked().len()
    }

    pub(crate) fn pool(&self, budget: &Budget) -> CredentialsPoolBuilder<u32> {
        let sts = self.clone();
        CredentialsPool::builder(move |key| {
            let sts = sts.clone();
            async move { sts.assume(key).await }
        })
        .budget(budget)
        .clock(Clock::custom(self.clone()))
    }
}

/// Keys from here on are refused.
pub(crate) const DENIED: u32 = 1_000_000;

impl TimeSource for Sts {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_800_000_000) + self.0.began.elapsed()
    }
}

impl std::fmt::Debug for Sts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sts")
    }
}

pub(crate) fn wide() -> Budget {
    Budget::per_second(10_000).burst(10_000).concurrency(10_000).build()
}

pub(crate) fn id(credentials: &Credentials) -> String {
    credentials.access_key_id().to_owned()
}
