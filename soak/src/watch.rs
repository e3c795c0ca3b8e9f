use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stscreds_core::{Error, SecretString};

use crate::capture::Capture;
use crate::violation::{Rule, Violation};
use crate::wall::Wall;
use crate::weather::Weather;

/// Keeps the first thing that somebody objects to, and looks for secrets in all that is shown.
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

    pub(crate) fn count_answer(&self) {
        *lock(&self.0.answers) += 1;
    }

    /// For how long there has been no trouble.
    pub(crate) fn good_for(&self) -> Duration {
        self.0.weather.good_for()
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
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
