//! Back to the start.

use serde::Deserialize;

use crate::state::State;

/// What a fake can take back to how it was when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scope {
    /// The world, with the ids that were made up for it, so that sessions of the start are valid again; what was revoked is no more.
    World,
    /// The clock: frozen or not as at the start, and if frozen, at that time.
    Clock,
    /// The faults: none is in effect any more.
    Faults,
    /// The journal: it is empty, and numbers from 1.
    Journal,
    /// The MFA codes that were used: they are good again.
    SpentCodes,
}

impl Scope {
    /// All of it.
    pub const ALL: [Self; 5] =
        [Self::World, Self::Clock, Self::Faults, Self::Journal, Self::SpentCodes];
}

impl State {
    pub(crate) fn reset(&self, scopes: &[Scope]) {
        for scope in scopes {
            match scope {
                Scope::World => self.restore_world(),
                Scope::Clock => self.clock.restore(self.start.clock),
                Scope::Faults => {
                    self.faults.clear();
                    self.endpoint_faults.clear();
                }
                Scope::Journal => self.journal.clear(),
                Scope::SpentCodes => self.spent_codes.clear(),
            }
        }
    }
}
