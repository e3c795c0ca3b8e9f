//! What all requests to one fake share.

use std::sync::{Arc, PoisonError, RwLock};

use crate::{
    UnknownDevice,
    clock::Clock,
    control::ControlToken,
    fault::{Faults, Outages},
    journal::Journal,
    oidc::{ExternalKeys, HttpFetch, Issuer},
    world::{Directory, Seal, SpentCodes, World, WorldError},
};

/// One fake: a world, its time, and what happened in it.
#[derive(Debug)]
pub(crate) struct State {
    directory: RwLock<Arc<Directory>>,
    pub(crate) seal: Seal,
    pub(crate) spent_codes: SpentCodes,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) outages: Outages,
    pub(crate) issuer: Issuer,
    pub(crate) external_keys: ExternalKeys,
    pub(crate) control_token: Option<ControlToken>,
}

impl State {
    pub(crate) fn new(directory: Directory, seal: Seal, clock: Clock, journal: Journal) -> Self {
        Self {
            directory: RwLock::new(Arc::new(directory)),
            seal,
            spent_codes: SpentCodes::default(),
            faults: Faults::new(clock.clone()),
            outages: Outages::default(),
            clock,
            journal,
            issuer: Issuer::new(BUILT_IN_ISSUER),
            external_keys: ExternalKeys::new(Arc::new(HttpFetch::default())),
            control_token: None,
        }
    }

    /// Puts another world in place of the present one. Requests under way see the old one to their end.
    pub(crate) fn set_world(&self, world: World) -> Result<(), WorldError> {
        let directory = Arc::new(Directory::new(world, &mut fastrand::Rng::new())?);
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        Ok(())
    }

    /// The code that an MFA device shows now.
    pub(crate) fn totp_code(&self, serial: &str) -> Result<String, UnknownDevice> {
        match self.directory().device(serial) {
            Some(device) => Ok(device.code(self.clock.timestamp())),
            None => Err(UnknownDevice { serial: serial.to_owned() }),
        }
    }

    /// The world as it is now. A request takes it once, and sees the same world to its end.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The URL of the built-in issuer. The name is reserved for tests (RFC 6761) and belongs to nobody.
pub(crate) const BUILT_IN_ISSUER: &str = "https://oidc.fake-sts.test";
