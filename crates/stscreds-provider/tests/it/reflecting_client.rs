use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, Timestamp};
use stscreds_provider::{
    AssumeRoleClient, AssumeRoleRequest, AssumeRoleWithWebIdentityClient,
    AssumeRoleWithWebIdentityRequest, RoleSession, StsFault,
};

/// A client that answers with the role ARN as key id, or with the next of its
/// prepared faults, and keeps every request.
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

    fn answer(&self, operation: &str, request: R, role_arn: &str) -> Result<RoleSession, Error> {
        self.seen.lock().unwrap().push(request);
        if let Some(fault) = self.faults.lock().unwrap().pop() {
            return Err(fault.into_error(operation));
        }
        let mut session = RoleSession::default();
        session.access_key_id = Some(role_arn.to_owned());
        session.secret_access_key = Some("assumedSecretAccessKey".into());
        session.session_token = Some("assumedSessionToken".into());
        session.expiration = Some(EXPIRATION);
        session.assumed_role_arn =
            Some("arn:aws:sts::131990247566:assumed-role/assume-role-integration/1".into());
        Ok(session)
    }
}

#[async_trait]
impl AssumeRoleClient for Reflecting<AssumeRoleRequest> {
    async fn assume_role(&self, request: AssumeRoleRequest) -> Result<RoleSession, Error> {
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
    ) -> Result<RoleSession, Error> {
        let role_arn = request.role_arn.clone();
        self.answer("AssumeRoleWithWebIdentity", request, role_arn.as_str())
    }
}

pub fn fault(code: &str, message: &str) -> StsFault {
    let mut fault = StsFault::new(code);
    fault.message = Some(message.to_owned());
    fault.request_id = Some("9f2c".to_owned());
    fault
}
