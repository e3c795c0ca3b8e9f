use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;

use super::Place;
use super::fault::Fault;
use super::wanted::Wanted;
use crate::action::{Access, Endpoint, Facts, Scene, Trail, authorize_access};
use crate::peer::{Peer, source_ip};
use crate::state::State;
use crate::world::{Caller, Directory};

/// One request for another service, and what became known of it.
pub(super) struct Visit<'a> {
    pub(super) state: &'a State,
    pub(super) directory: &'a Directory,
    pub(super) place: &'a Place,
    pub(super) parts: &'a Parts,
    pub(super) now: Timestamp,
    pub(super) facts: Facts,
    pub(super) access_key_id: Option<String>,
    pub(super) caller: Option<Caller>,
    /// What it asks for first of all.
    pub(super) wanted: Option<Wanted>,
    pub(super) trail: Trail,
}

impl<'a> Visit<'a> {
    pub(super) fn new(
        state: &'a State,
        directory: &'a Directory,
        place: &'a Place,
        parts: &'a Parts,
        peer: Option<Peer>,
        now: Timestamp,
    ) -> Self {
        let facts = Facts {
            source_ip: Some(source_ip(peer)),
            user_agent: text(&parts.headers, header::USER_AGENT.as_str()),
            region: "us-east-1".to_owned(),
            endpoint: Endpoint::Regional,
        };
        Self {
            state,
            directory,
            place,
            parts,
            now,
            facts,
            access_key_id: None,
            caller: None,
            wanted: None,
            trail: Trail::default(),
        }
    }

    /// Whether the caller, once admitted, may do that.
    pub(super) fn authorize(&mut self, wanted: &Wanted) -> Result<(), Fault> {
        let scene = Scene {
            directory: self.directory,
            seal: &self.state.seal,
            spent_codes: &self.state.spent_codes,
            facts: &self.facts,
            now: self.now,
            expired: None,
            seed: 0,
        };
        let Some(caller) = &self.caller else { return Err(Fault::unsigned()) };
        let access =
            Access { action: &wanted.action, resource: &wanted.resource, keys: &wanted.keys };
        authorize_access(&scene, caller, &access, &mut self.trail).map_err(Fault::from)
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        text(&self.parts.headers, name)
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
