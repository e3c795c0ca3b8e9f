use std::fmt;

use serde::{Deserialize, Serialize};

use super::Moment;

/// The number of a fault within one fake, from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub(super) u64);

/// A fault that struck a call, as the journal has it.
///
/// Displays as in `fault 3 "outage": ServiceUnavailable, before the operation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Injected {
    /// Which fault.
    pub id: FaultId,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// What it did.
    pub effect: String,
    /// Whether STS carried out the operation.
    pub moment: Moment,
}

impl FaultId {
    /// The fault of this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}", self.id)?;
        if let Some(name) = &self.name {
            write!(f, " \"{}\"", name.escape_debug())?;
        }
        write!(f, ": {}, ", self.effect)?;
        f.write_str(match self.moment {
            Moment::BeforeOperation => "before the operation",
            Moment::AfterOperation => "after the operation",
        })
    }
}
