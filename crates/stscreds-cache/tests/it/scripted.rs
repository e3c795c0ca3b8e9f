//! A provider that answers as told, and counts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder};
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ErrorKind, ManualClock, Timestamp,
};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub(crate) const START: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What the provider does when it is asked.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Yields new credentials that live this long from now.
    LivesFor(Duration),
    /// Yields credentials with this key that live this long from now.
    Key(&'static str, Duration),
    /// Yields new credentials that expire at this instant.
    ExpiresAt(Timestamp),
    /// Yields new credentials that never expire.
    Forever,
    Fails(ErrorKind),
    Panics,
    Hangs,
}

/// A provider and the clock that it shares with the cache it is under.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) clock: ManualClock,
    state: Arc<Mutex<State>>,
    is_open: Arc<watch::Sender<bool>>,
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    calls: u32,
    generation: u32,
    at_once: u32,
    most_at_once: u32,
}

impl Scripted {
    /// Answers with hour-long credentials until told otherwise.
    pub(crate) fn new() -> Self {
        Self {
            clock: ManualClock::at(START),
            state: Arc::default(),
            is_open: Arc::new(watch::Sender::new(true)),
        }
    }

    pub(crate) fn cache(&self) -> CredentialsCache {
        self.builder().build()
    }

    /// A cache over this provider on its clock, that draws 0.5 by way of chance.
    pub(crate) fn builder(&self) -> CredentialsCacheBuilder {
        CredentialsCache::builder(self.clone())
            .clock(Clock::from(self.clock.clone()))
            .chance(|| 0.5)
    }

    /// The next answers; the last of them is repeated.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state().answers = answers.into_iter().collect();
    }

    pub(crate) fn fails(&self, kind: ErrorKind) {
        self.answers([Answer::Fails(kind)]);
    }

    /// From now on answers wait until they are released.
    pub(crate) fn park(&self) {
        self.is_open.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.is_open.send_replace(true);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) fn calls(&self) -> u32 {
        self.state().calls
    }

    /// The most calls that were under way at one time.
    pub(crate) fn most_at_once(&self) -> u32 {
        self.state().most_at_once
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn arrive(&self) -> (Answer, u32) {
        let mut state = self.state();
        state.calls += 1;
        state.at_once += 1;
        state.most_at_once = state.most_at_once.max(state.at_once);
        let answer = match state.answers.len() {
            0 => Answer::LivesFor(seconds(3_600)),
            1 => state.answers[0].clone(),
            _ => state.answers.pop_front().unwrap(),
        };
        state.generation += 1;
        (answer, state.generation)
    }
}

#[async_trait]
impl CredentialsProvider for Scripted {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let (answer, generation) = self.arrive();
        let _leave = Leave(self);
        self.is_open.subscribe().wait_for(|is_open| *is_open).await.unwrap();
        let now = self.clock.now();
        match answer {
            Answer::LivesFor(lifetime) => Ok(generated(generation, Some(now + lifetime))),
            Answer::ExpiresAt(expiry) => Ok(generated(generation, Some(expiry))),
            Answer::Forever => Ok(generated(generation, None)),
            Answer::Key(key, lifetime) => {
                Ok(Credentials::builder(key, "secret").expires_at(now + lifetime).build())
            }
            Answer::Fails(kind) => Err(Error::new(kind, "scripted failure")),
            Answer::Panics => panic!("scripted panic"),
            Answer::Hangs => std::future::pending().await,
        }
    }
}

struct Leave<'a>(&'a Scripted);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.state().at_once -= 1;
    }
}

/// Key, secret and token tell the generation, so that a mixture would show.
fn generated(generation: u32, expiry: Option<Timestamp>) -> Credentials {
    let builder =
        Credentials::builder(format!("AKID-{generation}"), format!("secret-{generation}"))
            .session_token(format!("token-{generation}"));
    match expiry {
        Some(expiry) => builder.expires_at(expiry).build(),
        None => builder.build(),
    }
}

/// Lets tasks that are ready run until none is.
pub(crate) async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

/// The key, or the kind of the error.
pub(crate) fn told(result: Result<Credentials, Error>) -> Result<String, ErrorKind> {
    match result {
        Ok(credentials) => Ok(credentials.access_key_id().to_owned()),
        Err(error) => Err(error.kind()),
    }
}

/// The key that a call gets, or the kind of its error.
pub(crate) async fn call(cache: &CredentialsCache) -> Result<String, ErrorKind> {
    told(cache.credentials().await)
}

/// A caller in a task of its own, who has asked by now.
pub(crate) async fn caller(cache: &CredentialsCache) -> JoinHandle<Result<String, ErrorKind>> {
    let cache = cache.clone();
    let caller = tokio::spawn(async move { call(&cache).await });
    settle().await;
    caller
}

/// So many callers, each in a task of its own, who have asked by now.
pub(crate) async fn crowd(
    cache: &CredentialsCache,
    size: usize,
) -> JoinSet<Result<String, ErrorKind>> {
    let mut callers = JoinSet::new();
    for _ in 0..size {
        let cache = cache.clone();
        callers.spawn(async move { call(&cache).await });
    }
    settle().await;
    callers
}

/// Fails a test that hangs, which would never fail by itself.
pub(crate) fn in_time(test: impl FnOnce() + Send + 'static) {
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(test));
        let _waited_for = done.send(outcome);
    });
    let outcome = is_done.recv_timeout(seconds(60)).expect("the test hangs");
    if let Err(message) = outcome {
        std::panic::resume_unwind(message);
    }
}

/// The same, in virtual time.
pub(crate) fn in_virtual_time<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    in_time(|| {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(test());
    });
}
