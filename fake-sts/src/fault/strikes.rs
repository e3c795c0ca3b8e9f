use std::time::Duration;

use super::{Effect, Injected, Moment, Strike};
use crate::action::Operation;

/// A call as faults see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempted<'a> {
    pub(crate) operation: Operation,
    /// The parameter `RoleArn`.
    pub(crate) role: Option<&'a str>,
    /// Once verified: the ARN, and that of the role behind a session.
    pub(crate) caller: Option<(&'a str, &'a str)>,
    pub(crate) access_key_id: Option<&'a str>,
}

/// What strikes one call. Nothing, most of the time.
#[derive(Debug, Default)]
pub(crate) struct Strikes {
    decider: Option<Strike>,
    added: Vec<Strike>,
}

impl Strikes {
    pub(super) fn push(&mut self, strike: Strike) {
        if strike.effect().adds() {
            self.added.push(strike);
        } else {
            self.decider = Some(strike);
        }
    }

    pub(super) fn are_decided(&self) -> bool {
        self.decider.is_some()
    }

    /// What is done to the call instead of the operation.
    pub(crate) fn before_operation(&self) -> Option<&Effect> {
        self.deciding(Moment::BeforeOperation)
    }

    /// What is done to the answer of the operation.
    pub(crate) fn after_operation(&self) -> Option<&Effect> {
        self.deciding(Moment::AfterOperation)
    }

    /// What is done, whenever.
    pub(crate) fn effect(&self) -> Option<&Effect> {
        self.decider.as_ref().map(Strike::effect)
    }

    /// How much later the answer comes.
    pub(crate) fn delay(&self) -> Duration {
        self.added.iter().map(Strike::delay).sum()
    }

    /// By how many seconds its date is off.
    pub(crate) fn date_off_by(&self) -> i64 {
        let off_by = |strike: &Strike| match strike.effect() {
            Effect::Date { off_by } => *off_by,
            _ => 0,
        };
        self.added.iter().map(off_by).fold(0, i64::saturating_add)
    }

    /// Takes the decider back: the call turned out to have nothing that it could spoil.
    pub(crate) fn miss(&mut self) {
        self.decider = None;
    }

    /// Counts the hits, and tells the journal of them.
    pub(crate) fn land(&mut self) -> Vec<Injected> {
        self.decider.iter_mut().chain(&mut self.added).map(Strike::land).collect()
    }

    fn deciding(&self, moment: Moment) -> Option<&Effect> {
        self.decider.as_ref().filter(|strike| strike.moment() == moment).map(Strike::effect)
    }
}
