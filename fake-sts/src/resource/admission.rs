use super::fault::Fault;
use super::visit::Visit;
use crate::auth::{Incoming, Rules};
use crate::world::Caller;

impl Visit<'_> {
    /// Finds out who signed the request, for the service it was sent to.
    pub(super) fn admit(&mut self, body: &[u8]) -> Result<&Caller, Fault> {
        let switches = self.directory.switches();
        let rules = Rules {
            unsigned_payload: switches.unsigned_payload,
            window: switches.signature_window,
            ..Rules::of(&self.place.service)
        };
        let uri = &self.parts.uri;
        let incoming = Incoming {
            method: self.parts.method.as_str(),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &self.parts.headers,
            body,
        };
        let presented = rules.read(&incoming, self.now)?;
        self.access_key_id = Some(presented.access_key_id().to_owned());
        presented.region().clone_into(&mut self.facts.region);
        let caller = self.state.caller(self.directory, &presented, self.now);
        let caller = caller.map_err(|refusal| match presented.token() {
            Some(_) => Fault::from(refusal),
            None => Fault::from(refusal).without_token(),
        })?;
        Ok(self.caller.insert(caller))
    }
}
