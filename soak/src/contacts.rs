mod answered;
mod time;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, Timestamp};
use tokio::time::Instant;

use crate::pace::{Ended, shortest_pause};
use crate::preset::Preset;
use crate::violation::Rule;
use crate::wall::{Time, Wall};
use crate::watch::{Watch, lock};

/// Counts and times the contacts of one cache with its source.
#[derive(Debug)]
pub struct Contacts {
    name: String,
    preset: Preset,
    /// How many caches are on the way to long-term keys, this one included.
    depth: u32,
    time: Time,
    wall: Wall,
    watch: Watch,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    in_flight: usize,
    begun: u64,
    last: Option<(Instant, Ended)>,
    latest: Option<Timestamp>,
    late_arrival: Option<Timestamp>,
    /// How often the clock had been set when the newest value was asked for, if it was not set until that arrived.
    jumps: Option<u64>,
    is_excused: bool,
    rejected: Option<Instant>,
    /// Nothing has arrived since the cached value was rejected.
    is_rejected: bool,
    clock_moved: bool,
}

impl Contacts {
    pub(crate) fn new(
        name: String,
        preset: Preset,
        depth: u32,
        time: Time,
        wall: &Wall,
        watch: &Watch,
    ) -> Arc<Self> {
        let (wall, watch, state) = (wall.clone(), watch.clone(), Mutex::default());
        Arc::new(Self { name, preset, depth, time, wall, watch, state })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether they are those of a provider of this kind.
    pub(crate) fn is_of(&self, kind: &str) -> bool {
        self.name.starts_with(kind)
    }

    /// How long after the last trouble callers may still get errors: one contact that began in
    /// it, and the time for which an error is cached, for each cache on the way.
    ///
    /// A cache over another one that does as the AWS SDK gets what has expired from it for the
    /// whole of its pause, and errors of STS with that.
    pub(crate) fn errors_last(&self) -> Duration {
        match self.preset {
            Preset::AwsSdk if self.depth > 1 => self.patience(),
            _ => (LOAD_TIMEOUT + CACHED_ERROR) * self.depth,
        }
    }

    /// For how long there has been no trouble, and no rejection of what is cached, which makes
    /// it worthless for as long.
    pub(crate) fn good_for(&self) -> Duration {
        let since = lock(&self.state).rejected.map_or(Duration::MAX, |at| at.elapsed());
        self.watch.good_for().min(since)
    }

    /// How long after the last trouble this cache may still feel it: the longest pause after a
    /// failure, once for each cache on the way, as one may have tried just before another
    /// had recovered.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(660) * self.depth
    }

    /// Whether the last contact yielded a value, and nothing since makes the next one come early.
    pub(crate) fn is_settled(&self) -> bool {
        let state = lock(&self.state);
        let has_value = matches!(state.last, Some((_, Ended::Value(_))));
        has_value && !state.is_excused && !state.clock_moved
    }

    /// When the newest value that arrived expires.
    fn latest(&self) -> Option<Timestamp> {
        lock(&self.state).latest
    }

    /// Whether an error may reach callers while the cached value has time left: one that will
    /// not pass, if the value was rejected.
    fn may_raise(&self, error: &Error) -> bool {
        lock(&self.state).is_rejected && !error.is_recoverable()
    }

    /// When the newest value expired that had expired when it arrived.
    fn late_arrival(&self) -> Option<Timestamp> {
        lock(&self.state).late_arrival
    }

    pub(crate) fn begun(&self) -> u64 {
        lock(&self.state).begun
    }

    /// The next contact need not wait until the value is due: somebody asked for it.
    pub(crate) fn excuse(&self) {
        lock(&self.state).is_excused = true;
    }

    /// The cached value was rejected.
    pub(crate) fn rejected(&self) {
        let mut state = lock(&self.state);
        (state.is_excused, state.is_rejected) = (true, true);
        state.rejected = Some(Instant::now());
    }

    /// The next contact may come at any time: it is not the time that it was.
    pub(crate) fn clock_moved(&self) {
        lock(&self.state).clock_moved = true;
    }

    fn begin(&self) -> Visit<'_> {
        let mut state = lock(&self.state);
        if state.in_flight > 0 {
            let what = format!("{} contacts at once", state.in_flight + 1);
            self.watch.object(Rule::OneFlight, &self.name, what);
        }
        self.check_pace(&state);
        state.in_flight += 1;
        state.begun += 1;
        (state.is_excused, state.clock_moved) = (false, false);
        Visit { contacts: self, jumps: self.wall.jumps(), ended: None }
    }

    fn check_pace(&self, state: &State) {
        let Some((at, ended)) = state.last else { return };
        let is_excused = state.is_excused && matches!(ended, Ended::Value(_));
        let pause = at.elapsed();
        let least = match self.errors_since(state) {
            // A pause ends where callers begin to get errors, and is short from there on.
            Some(since) if since < pause + self.slack() => Duration::ZERO,
            Some(_) => shortest_pause(self.preset, ended).min(Duration::from_secs(1)),
            None => shortest_pause(self.preset, ended),
        };
        if !is_excused && !state.clock_moved && pause + TICK + self.slack() < least {
            let what = format!("a contact {pause:?} after {ended:?}, and {least:?} is the least");
            self.watch.object(Rule::Pace, &self.name, what);
        }
    }

    /// For how long callers of the default policy have been getting errors by now.
    fn errors_since(&self, state: &State) -> Option<Duration> {
        let from = state.latest.filter(|_| self.preset == Preset::Default)? + MAX_STALE;
        let now = self.now() + self.slack();
        (from <= now).then(|| now.since(from))
    }

    fn end(&self, jumps: u64, outcome: Option<&Result<Credentials, Error>>) {
        let now = self.now();
        let mut state = lock(&self.state);
        state.in_flight -= 1;
        let ended = match outcome {
            Some(Ok(credentials)) => {
                let expiry = credentials.expires_at().unwrap_or(Timestamp::MAX);
                state.jumps = Some(jumps).filter(|jumps| *jumps == self.wall.jumps());
                match expiry > now {
                    true => (state.latest, state.is_rejected) = (Some(expiry), false),
                    false => state.late_arrival = Some(expiry),
                }
                Ended::Value(expiry.since(now))
            }
            Some(Err(error)) if !error.is_recoverable() => Ended::WillNotPass,
            // Dropped at its time limit.
            Some(Err(_)) | None => Ended::MayPass { has_value: state.latest.is_some() },
        };
        state.last = Some((Instant::now(), ended));
    }
}

/// What the documentation of the default policy says.
const MAX_STALE: Duration = Duration::from_secs(600);
const LOAD_TIMEOUT: Duration = Duration::from_secs(30);
const CACHED_ERROR: Duration = Duration::from_secs(5);

/// The clocks of virtual time are exact, but for the timers' milliseconds.
const TICK: Duration = Duration::from_millis(50);

/// A provider whose contacts are counted.
pub(crate) struct Counted {
    pub(crate) provider: Arc<dyn CredentialsProvider>,
    pub(crate) contacts: Arc<Contacts>,
}

struct Visit<'a> {
    contacts: &'a Contacts,
    jumps: u64,
    ended: Option<Result<Credentials, Error>>,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.contacts.end(self.jumps, self.ended.as_ref());
    }
}

#[async_trait]
impl CredentialsProvider for Counted {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let mut visit = self.contacts.begin();
        let outcome = self.provider.credentials().await;
        if let Ok(credentials) = &outcome {
            let watch = &self.contacts.watch;
            watch.keep_secret(credentials.secret_access_key().clone());
            credentials
                .session_token()
                .into_iter()
                .for_each(|token| watch.keep_secret(token.clone()));
        }
        visit.ended = Some(outcome.clone());
        outcome
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.provider.provider_sources()
    }

    fn reject(&self, access_key_id: &str) {
        lock(&self.contacts.state).is_rejected = true;
        self.provider.reject(access_key_id);
    }
}
