use std::fmt;
use std::sync::Arc;

use stscreds_token::{MfaSerial, MfaTokenProvider};

use super::{SessionTokenClient, SessionTokenProvider, SessionTokenRequest};
use crate::UserSessionDuration;
use crate::mfa::Mfa;

/// Builds a [`SessionTokenProvider`]; made by [`SessionTokenProvider::builder`].
#[must_use = "call `build` to get the provider"]
pub struct SessionTokenProviderBuilder {
    client: Arc<dyn SessionTokenClient>,
    request: SessionTokenRequest,
    mfa: Option<Mfa>,
}

impl SessionTokenProviderBuilder {
    pub(super) fn new(client: Arc<dyn SessionTokenClient>) -> Self {
        Self { client, request: SessionTokenRequest::default(), mfa: None }
    }

    /// How long the credentials last; if not set, STS grants 12 hours.
    pub fn duration(mut self, duration: UserSessionDuration) -> Self {
        self.request.duration = Some(duration);
        self
    }

    /// The MFA device of the user, and where its codes come from.
    ///
    /// A code is asked for at each call, and again as often as
    /// [`attempts`](MfaTokenProvider::attempts) says while STS rejects it.
    pub fn mfa(mut self, serial: MfaSerial, codes: impl MfaTokenProvider + 'static) -> Self {
        self.mfa = Some(Mfa::new(serial, codes));
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> SessionTokenProvider {
        SessionTokenProvider::new(self.client, self.request, self.mfa)
    }
}

impl fmt::Debug for SessionTokenProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionTokenProviderBuilder")
            .field("request", &self.request)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}
