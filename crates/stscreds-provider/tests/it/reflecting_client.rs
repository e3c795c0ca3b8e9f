use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, Timestamp};
use stscreds_provider::{
    AssumeRoleClient, AssumeRoleRequest, AssumeRoleWithSamlClient, AssumeRoleWithSamlRequest,
    AssumeRoleWithWebIdentityClient, AssumeRoleWithWebIdentityRequest, FederationTokenClient,
    FederationTokenRequest, SessionTokenClient, SessionTokenRequest, StsFault, StsSession,
};

/// A client that answers with the role ARN or user name as key id, or with the next
/// of its prepared faults, and keeps every request.
#[derive(Clone)]
pub struct Reflecting<R> {
    seen: Arc<Mutex<Vec<R>>>,
    faults: Arc<Mutex<Vec<StsFault>>>,
}

pub const EXPIRATION: Timestamp = Timestamp::from_unix_seconds(2_000_000_000);

impl<R: Clone> Reflecting<R> {
    pub fn new() -> Self {
        Self::failing([])
    }

    /// The faults come first, in their order.
    pub fn failing(faults: impl IntoIterator<Item = StsFault>) -> Self {
        let mut faults: Vec<StsFault> = faults.into_iter().collect();
        faults.reverse();
        Self { seen: Arc::default(), faults: Arc::new(Mutex::new(faults)) }
    }

    pub fn seen(&self) -> Vec<R> {
        self.seen.lock().unwrap().clone()
    }

    pub fn only(&self) -> R {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "exactly one call");
        seen[0].clone()
    }

    fn answer(&self, operation: &str, request: R, key_id: &str) -> Result<StsSession, Error> {
        self.seen.lock().unwrap().push(request);
        if let Some(fault) = self.faults.lock().unwrap().pop() {
            return Err(fault.into_error(operation));
        }
        let mut session = StsSession::default();
        session.access_key_id = Some(key_id.to_owned());
        session.secret_access_key = Some("assumedSecretAccessKey".into());
        session.session_token = Some("assumedSessionToken".into());
        session.expiration = Some(EXPIRATION);
        session.arn =
            Some("arn:aws:sts::131990247566:assumed-role/assume-role-integration/1".into());
        Ok(session)
    }
}

#[async_trait]
impl AssumeRoleClient for Reflecting<AssumeRoleRequest> {
    async fn assume_role(&self, request: AssumeRoleRequest) -> Result<StsSession, Error> {
        let role_arn = request.role_arn.clone();
        self.answer("AssumeRole", request, role_arn.as_str())
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Environment]
    }
}

#[async_trait]
impl AssumeRoleWithWebIdentityClient for Reflecting<AssumeRoleWithWebIdentityRequest> {
    async fn assume_role_with_web_identity(
        &self,
        request: AssumeRoleWithWebIdentityRequest,
    ) -> Result<StsSession, Error> {
        let role_arn = request.role_arn.clone();
        self.answer("AssumeRoleWithWebIdentity", request, role_arn.as_str())
    }
}

#[async_trait]
impl AssumeRoleWithSamlClient for Reflecting<AssumeRoleWithSamlRequest> {
    async fn assume_role_with_saml(
        &self,
        request: AssumeRoleWithSamlRequest,
    ) -> Result<StsSession, Error> {
        let role_arn = request.role_arn.clone();
        self.answer("AssumeRoleWithSAML", request, role_arn.as_str())
    }
}

#[async_trait]
impl SessionTokenClient for Reflecting<SessionTokenRequest> {
    async fn session_token(&self, request: SessionTokenRequest) -> Result<StsSession, Error> {
        let mut session = self.answer("GetSessionToken", request, "ASIASESSION")?;
        session.arn = None;
        Ok(session)
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Environment]
    }
}

#[async_trait]
impl FederationTokenClient for Reflecting<FederationTokenRequest> {
    async fn federation_token(&self, request: FederationTokenRequest) -> Result<StsSession, Error> {
        let name = request.name.clone();
        self.answer("GetFederationToken", request, name.as_str())
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Environment]
    }
}

pub fn fault(code: &str, message: &str) -> StsFault {
    let mut fault = StsFault::new(code);
    fault.message = Some(message.to_owned());
    fault.request_id = Some("9f2c".to_owned());
    fault
}
