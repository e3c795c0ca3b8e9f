use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use stscreds_provider::{ExternalId, RoleArn, SessionDuration, SessionName, SessionPolicy};
use stscreds_token::MfaSerial;

use super::python_json::dumps;

/// What tells one session of a role from another: by these, the AWS CLI and botocore
/// name the file that a session is kept in.
///
/// Only what was configured counts: a session name that was made up, or a duration that
/// nobody asked for, is no part of it.
#[derive(Clone)]
pub struct SessionParameters(Map<String, Value>);

impl SessionParameters {
    /// A session of this role.
    #[must_use]
    pub fn new(role_arn: &RoleArn) -> Self {
        Self(Map::new()).with("RoleArn", Some(role_arn.as_str()))
    }

    /// `role_session_name`, if configured.
    #[must_use]
    pub fn session_name(self, name: Option<&SessionName>) -> Self {
        self.with("RoleSessionName", name.map(SessionName::as_str))
    }

    /// `external_id`, if configured.
    #[must_use]
    pub fn external_id(self, id: Option<&ExternalId>) -> Self {
        self.with("ExternalId", id.map(ExternalId::expose))
    }

    /// `mfa_serial`, if configured.
    #[must_use]
    pub fn mfa_serial(self, serial: Option<&MfaSerial>) -> Self {
        self.with("SerialNumber", serial.map(MfaSerial::as_str))
    }

    /// `duration_seconds`, if configured.
    #[must_use]
    pub fn duration(self, duration: Option<SessionDuration>) -> Self {
        self.with("DurationSeconds", duration.map(SessionDuration::as_secs))
    }

    /// The inline session policy, if there is one; its spelling does not count.
    #[must_use]
    pub fn policy(self, policy: Option<&SessionPolicy>) -> Self {
        let parsed = |text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        self.with("Policy", policy.map(SessionPolicy::as_str).map(parsed))
    }

    /// The name of the file, without `.json`: the SHA-1 of the parameters.
    #[must_use]
    pub fn cache_key(&self) -> String {
        let digest = Sha1::digest(dumps(&Value::Object(self.0.clone())));
        data_encoding::HEXLOWER.encode(&digest)
    }

    fn with(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }
}

/// The external id is one of them: shown is the key alone.
impl std::fmt::Debug for SessionParameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SessionParameters").field(&self.cache_key()).finish()
    }
}
