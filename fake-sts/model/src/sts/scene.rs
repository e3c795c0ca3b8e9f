use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use crate::switches::Switches;
use crate::wire::{Form, Input};
use crate::world::{Directory, Seal, SpentCodes};

/// Everything an action may look at, besides the caller and the parameters.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what an action depends on is all here, by intention"
)]
pub struct Scene<'a> {
    /// Who exists.
    pub directory: &'a Directory,
    /// Makes session tokens.
    pub seal: &'a Seal,
    /// Which MFA codes have been used.
    pub spent_codes: &'a SpentCodes,
    /// What the request tells besides its parameters.
    pub facts: &'a Facts,
    /// What time it is.
    pub now: Timestamp,
    /// How long ago credentials that are issued have expired; nothing for good ones.
    pub expired: Option<Duration>,
    /// Where the ids of this call come from: the same seed makes the same ids.
    pub seed: u64,
}

/// What a request tells besides its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "code that makes it must give every fact")]
pub struct Facts {
    /// From where it came.
    pub source_ip: Option<IpAddr>,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// The region of the endpoint.
    pub region: String,
    /// Whether it is the global endpoint, `sts.amazonaws.com`.
    pub endpoint: Endpoint,
}

/// Which kind of endpoint a request was sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
pub enum Endpoint {
    /// One of a region, or a name that is none of STS.
    #[default]
    Regional,
    /// `sts.amazonaws.com`, which lacks some operations.
    Global,
}

impl Scene<'_> {
    pub(super) fn switches(&self) -> &Switches {
        self.directory.switches()
    }

    pub(super) fn input<'f>(&self, form: &'f Form<'f>) -> Input<'f> {
        Input::new(form, self.switches().clause_order)
    }
}
