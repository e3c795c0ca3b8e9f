use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stscreds_core::{Credentials, Error, Expires, SecretString};

use crate::capture::Capture;
use crate::contacts::Contacts;
use crate::preset::Preset;
use crate::violation::{Rule, Violation};
use crate::wall::Wall;
use crate::weather::Weather;

/// Compares what happens with what must, and keeps the first thing it objects to.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Watched>);

#[derive(Debug)]
struct Watched {
    wall: Wall,
    weather: Weather,
    capture: Capture,
    first: Mutex<Option<Violation>>,
    secrets: Mutex<Vec<SecretString>>,
    answers: Mutex<u64>,
}

impl Watch {
    pub(crate) fn new(wall: Wall, weather: Weather, capture: Capture) -> Self {
        let (first, secrets, answers) = Default::default();
        Self(Arc::new(Watched { wall, weather, capture, first, secrets, answers }))
    }

    /// Objects. Only the first objection counts: the rest may follow from it.
    pub fn object(&self, rule: Rule, subject: &str, what: impl Into<String>) {
        let violation = Violation::new(rule, subject, self.0.wall.elapsed(), what);
        lock(&self.0.first).get_or_insert(violation);
    }

    pub(crate) fn violation(&self) -> Option<Violation> {
        lock(&self.0.first).clone()
    }

    pub(crate) fn answers(&self) -> u64 {
        *lock(&self.0.answers)
    }

    /// Notes a text that must not be seen anywhere.
    pub(crate) fn keep_secret(&self, secret: impl Into<SecretString>) {
        lock(&self.0.secrets).push(secret.into());
    }

    /// Looks through everything that was shown since the last time.
    pub(crate) fn look_for_secrets(&self) {
        let shown = self.0.capture.take();
        for secret in &*lock(&self.0.secrets) {
            if let Some(at) = shown.find(secret.expose()) {
                let line = shown.get(..at).and_then(|before| before.lines().last());
                let what = format!("a secret after {:?}", line.unwrap_or_default());
                self.object(Rule::Silence, "what is shown", what);
            }
        }
    }

    /// A caller got this.
    pub(crate) fn answered(&self, contacts: &Contacts, answer: &Result<Credentials, Error>) {
        *lock(&self.0.answers) += 1;
        match answer {
            Ok(credentials) => self.check_fresh(contacts, credentials),
            Err(error) => {
                self.show_error(error);
                self.check_served(contacts, error);
            }
        }
    }

    pub(crate) fn show_error(&self, error: &Error) {
        self.0.capture.show(&format!("{error}\n{error:?}\n"));
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            self.0.capture.show(&format!("{error}\n{error:?}\n"));
            cause = error.source();
        }
    }

    pub(crate) fn show(&self, text: &str) {
        self.0.capture.show(text);
    }

    fn check_fresh(&self, contacts: &Contacts, credentials: &Credentials) {
        let now = self.0.wall.of_this_machine();
        let Some(expiry) = credentials.expires_at().filter(|expiry| *expiry <= now) else { return };
        let stale = now.since(expiry);
        let is_allowed = match contacts.preset() {
            Preset::Default => stale <= MAX_STALE,
            Preset::AwsSdk => true,
            // As Go does: what has expired when it arrives is handed on.
            Preset::GoClassic => contacts.late_arrival() == Some(expiry),
        };
        let good_for = self.0.weather.good_for();
        if !is_allowed || good_for > contacts.patience() {
            let what = format!(
                "served {stale:?} past its expiry, all being well for {good_for:?}, by {}",
                contacts.preset()
            );
            self.object(Rule::Fresh, contacts.name(), what);
        }
    }

    fn check_served(&self, contacts: &Contacts, error: &Error) {
        if contacts.preset() == Preset::Default
            && contacts.latest().is_some_and(|expiry| expiry > self.0.wall.of_this_machine())
        {
            let what = format!("an error while there was a valid value: {error}");
            self.object(Rule::Served, contacts.name(), what);
        }
        let good_for = self.0.weather.good_for();
        if good_for > contacts.patience() {
            let what = format!("an error although all is well for {good_for:?}: {error}");
            self.object(Rule::Recovered, contacts.name(), what);
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the documentation of the default policy says.
const MAX_STALE: Duration = Duration::from_secs(600);
