use super::outcome::Outcome;
use crate::action::{Facts, Operation, Trail};
use crate::fault::Injected;
use crate::peer::TlsSession;
use crate::world::Caller;

/// What became known on the way.
#[derive(Default)]
pub(super) struct Course {
    pub(super) facts: Facts,
    pub(super) tls: Option<TlsSession>,
    pub(super) operation: Option<Operation>,
    pub(super) access_key_id: Option<String>,
    pub(super) caller: Option<Caller>,
    pub(super) trail: Trail,
    /// Whether a fault kept the keys of the issuer away.
    pub(super) issuer_was_out_of_reach: bool,
    /// What STS answered, where a fault put something that is none of STS in its place.
    pub(super) lost: Option<Outcome>,
    pub(super) faults: Vec<Injected>,
    /// What to do about a request that is signed for another service.
    pub(super) advice: Option<String>,
}
