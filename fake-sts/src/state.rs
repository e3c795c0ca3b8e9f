//! What all requests to one fake share.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;

use crate::UnknownDevice;
use crate::auth::Presented;
use crate::clock::Clock;
use crate::control_token::ControlToken;
use crate::endpoints::{self, Served};
use crate::fault::{Faults, Outages};
use crate::journal::Journal;
use crate::oidc::{BUILT_IN_ISSUER, ExternalKeys, HttpFetch, Issuer};
use crate::resource::Objects;
use crate::revoked_sessions::RevokedSessions;
use crate::start::Start;
use crate::wire::Refusal;
use crate::world::{
    Caller, Directory, PatchError, Seal, SpentCodes, World, WorldError, identify, invalid_token,
};

/// One fake: a world, its time, and what happened in it.
#[derive(Debug)]
pub(crate) struct State {
    directory: RwLock<Arc<Directory>>,
    /// Held by who makes a world of the present one, so that no change is lost to another.
    changes: Mutex<()>,
    pub(crate) start: Start,
    pub(crate) seal: Seal,
    pub(crate) spent_codes: SpentCodes,
    pub(crate) revoked_sessions: RevokedSessions,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) outages: Outages,
    pub(crate) issuer: Issuer,
    pub(crate) external_keys: ExternalKeys,
    pub(crate) control_token: Option<ControlToken>,
    /// What the object store of the protected resource holds.
    pub(crate) objects: Objects,
    pub(crate) endpoints: Served,
    pub(crate) endpoint_faults: endpoints::Faults,
}

impl State {
    pub(crate) fn new(directory: Directory, seal: Seal, clock: Clock, journal: Journal) -> Self {
        let directory = Arc::new(directory);
        Self {
            directory: RwLock::new(Arc::clone(&directory)),
            changes: Mutex::default(),
            start: Start { directory, clock: clock.moment() },
            seal,
            spent_codes: SpentCodes::default(),
            revoked_sessions: RevokedSessions::default(),
            faults: Faults::new(clock.clone()),
            outages: Outages::default(),
            clock,
            journal,
            issuer: Issuer::new(BUILT_IN_ISSUER),
            external_keys: ExternalKeys::new(Arc::new(HttpFetch::default())),
            control_token: None,
            objects: Objects::default(),
            endpoints: Served::default(),
            endpoint_faults: endpoints::Faults::default(),
        }
    }

    /// Puts another world in place of the present one. Requests under way see the old one to their end.
    pub(crate) fn set_world(&self, world: World) -> Result<(), WorldError> {
        let _changing = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(Directory::new(world, &mut fastrand::Rng::new())?);
        Ok(())
    }

    /// Applies a patch to the present world.
    pub(crate) fn patch_world(&self, patch: &serde_json::Value) -> Result<(), PatchError> {
        let _changing = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let world = self.directory().world().patched(patch)?;
        self.put(Directory::new(world, &mut fastrand::Rng::new())?);
        Ok(())
    }

    /// Makes another world of the present one. An invalid result changes nothing.
    pub(crate) fn change_world<E: From<WorldError>>(
        &self,
        change: impl FnOnce(&Directory, &mut World) -> Result<(), E>,
    ) -> Result<(), E> {
        let _changing = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = self.directory();
        let mut world = directory.world().clone();
        change(&directory, &mut world)?;
        self.put(Directory::new(world, &mut fastrand::Rng::new())?);
        Ok(())
    }

    /// Puts the world of the start back in place, and takes revocations back.
    pub(crate) fn restore_world(&self) {
        let _changing = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.revoked_sessions.clear();
        self.objects.clear();
        self.endpoints.clear();
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::clone(&self.start.directory);
    }

    fn put(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// The code that an MFA device shows now.
    pub(crate) fn totp_code(&self, serial: &str) -> Result<String, UnknownDevice> {
        let directory = self.directory();
        // `alice` and `mfa/alice` are as good, as long as only one account has such a device.
        let end = format!(":mfa/{}", serial.strip_prefix("mfa/").unwrap_or(serial));
        let mut named = directory.serials().into_iter().filter(|known| known.ends_with(&end));
        let named = named.next().filter(|_| named.next().is_none());
        let device = directory.device(serial);
        match device.or_else(|| directory.device(named.as_deref()?)) {
            Some(device) => Ok(device.code(self.clock.timestamp())),
            None => Err(UnknownDevice { serial: serial.to_owned(), known: directory.serials() }),
        }
    }

    /// Who signed a request, unless the session was revoked.
    pub(crate) fn caller(
        &self,
        directory: &Directory,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<Caller, Refusal> {
        let caller = identify(directory, &self.seal, presented, now)?;
        let ancestors = caller.session.as_ref().map_or(&[][..], |session| &session.ancestors);
        let is_revoked = |id: &str| self.revoked_sessions.contains(id);
        if is_revoked(presented.access_key_id()) || ancestors.iter().any(|id| is_revoked(id)) {
            return Err(invalid_token(directory.switches(), "the session was revoked"));
        }
        Ok(caller)
    }

    /// The world as it is now. A request takes it once, and sees the same world to its end.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }
}
