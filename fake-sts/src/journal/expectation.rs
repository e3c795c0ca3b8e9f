use std::sync::Arc;
use std::{fmt, thread};

use super::unmet::SHOWN;
use super::watch::Watch;
use super::{EmptyRange, Filter, ImpossibleFilter, Times, Unmet};
use crate::state::State;

/// Which calls are expected from here on, and how many: at least one, unless told otherwise.
///
/// Made by [`FakeSts::expect`](crate::FakeSts::expect). Checks itself when it is dropped, so keep it to the end of the test, and
/// [verify](Self::verify) it where an error is wanted instead. It counts calls as they come, so that those which the journal dropped meanwhile count
/// too.
///
/// # Panics
///
/// When it is dropped, other calls came, and the thread is not panicking already.
#[must_use = "an expectation that is dropped at once is checked at once"]
pub struct Expectation {
    state: Arc<State>,
    watch: Arc<Watch>,
    times: Times,
    name: Option<String>,
    verified: bool,
}

impl Expectation {
    pub(crate) fn new(state: Arc<State>, filter: Filter) -> Result<Self, ImpossibleFilter> {
        let journal = &state.journal;
        let watch = Arc::new(Watch::new(journal.check(filter)?, SHOWN));
        journal.begin(&watch);
        Ok(Self { watch, times: Times::at_least(1), name: None, verified: false, state })
    }

    /// How many calls are expected: a number, or a range such as `1..`, `..=3` or `2..=4`.
    ///
    /// # Panics
    ///
    /// When the range is empty. [`try_times`](Self::try_times) returns an error instead.
    #[expect(clippy::panic, reason = "documented; what every test would do with the error")]
    #[track_caller]
    pub fn times(self, times: impl Into<Times>) -> Self {
        match self.try_times(times) {
            Ok(expectation) => expectation,
            Err(error) => panic!("{error}"),
        }
    }

    /// How many calls are expected.
    ///
    /// # Errors
    ///
    /// When the range is empty. The expectation is gone then, unchecked.
    pub fn try_times(mut self, times: impl Into<Times>) -> Result<Self, EmptyRange> {
        match times.into().check() {
            Ok(times) => {
                self.times = times;
                Ok(self)
            }
            Err(error) => {
                self.verified = true;
                Err(error)
            }
        }
    }

    /// So many calls, or fewer.
    #[track_caller]
    pub fn at_most(self, calls: u64) -> Self {
        self.times(..=calls)
    }

    /// No call at all.
    #[track_caller]
    pub fn never(self) -> Self {
        self.times(0)
    }

    /// What the failure calls it.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How many calls came so far.
    #[must_use]
    pub fn came(&self) -> u64 {
        self.watch.came()
    }

    /// Ends the expectation, with an error in place of a panic.
    ///
    /// # Errors
    ///
    /// When other calls came.
    pub fn verify(mut self) -> Result<(), Unmet> {
        self.verified = true;
        self.outcome()
    }

    fn outcome(&self) -> Result<(), Unmet> {
        let tally = self.watch.tally();
        if self.times.contains(tally.came) {
            return Ok(());
        }
        Err(Unmet {
            name: self.name.clone(),
            filter: self.watch.filter.clone(),
            times: self.times,
            waited: None,
            tally: Box::new(tally),
            endpoint: self.state.journal.endpoint(),
        })
    }
}

impl Drop for Expectation {
    #[expect(clippy::panic, reason = "documented; a test that nobody verified must not pass")]
    fn drop(&mut self) {
        self.state.journal.end(&self.watch);
        if self.verified || thread::panicking() {
            return;
        }
        if let Err(unmet) = self.outcome() {
            panic!("the expectation is not met: {unmet}");
        }
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation")
            .field("name", &self.name)
            .field("filter", &self.watch.filter)
            .field("times", &self.times)
            .field("came", &self.came())
            .finish_non_exhaustive()
    }
}
