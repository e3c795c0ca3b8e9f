//! What a caller got, held against what the cache could have given.

use stscreds_core::{Credentials, Error};

use super::{Contacts, MAX_STALE};
use crate::preset::Preset;
use crate::violation::Rule;

impl Contacts {
    /// A caller got this.
    pub(crate) fn answered(&self, answer: &Result<Credentials, Error>) {
        self.watch.count_answer();
        match answer {
            Ok(credentials) => self.check_fresh(credentials),
            Err(error) => {
                self.watch.show_error(error);
                self.check_served(error);
            }
        }
    }

    fn check_fresh(&self, credentials: &Credentials) {
        let now = self.now() - self.slack();
        let Some(expiry) = credentials.expires_at().filter(|expiry| *expiry <= now) else { return };
        let stale = now.since(expiry);
        let is_allowed = match self.preset {
            Preset::Default => stale <= MAX_STALE,
            Preset::AwsSdk => true,
            // As Go does: what has expired when it arrives is handed on.
            Preset::GoClassic => self.late_arrival() == Some(expiry),
        };
        let good_for = self.good_for();
        if !is_allowed || good_for > self.patience() {
            let what = format!(
                "served {stale:?} past its expiry, all being well for {good_for:?}, by {}",
                self.preset
            );
            self.watch.object(Rule::Fresh, &self.name, what);
        }
    }

    fn check_served(&self, error: &Error) {
        if self.preset == Preset::Default
            && self.knows_the_time()
            && !self.may_raise(error)
            && self.latest().is_some_and(|expiry| expiry > self.now() + self.slack())
        {
            let what = format!("an error while there was a valid value: {error}");
            self.watch.object(Rule::Served, &self.name, what);
        }
        let good_for = self.good_for();
        if good_for > self.errors_last() {
            let what = format!("an error although all is well for {good_for:?}: {error}");
            self.watch.object(Rule::Recovered, &self.name, what);
        }
    }
}
