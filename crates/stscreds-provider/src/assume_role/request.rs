use stscreds_core::SessionKeyBuilder;
use stscreds_token::MfaSerial;

use crate::session_parts::{contexts, policy_arns, seconds, tags};
use crate::{
    ExternalId, MfaAnswer, PolicyArns, ProvidedContexts, RoleArn, SessionDuration, SessionName,
    SessionPolicy, SessionTags, SourceIdentity,
};

/// The parameters of one `AssumeRole` call, each already checked.
///
/// `Debug` masks the MFA code and the external id.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleRequest {
    /// `RoleArn`.
    pub role_arn: RoleArn,
    /// `RoleSessionName`.
    pub session_name: SessionName,
    /// `DurationSeconds`.
    pub duration: SessionDuration,
    /// `ExternalId`.
    pub external_id: Option<ExternalId>,
    /// `Policy`.
    pub policy: Option<SessionPolicy>,
    /// `PolicyArns`.
    pub policy_arns: PolicyArns,
    /// `SerialNumber` and `TokenCode`.
    pub mfa: Option<MfaAnswer>,
    /// `SourceIdentity`.
    pub source_identity: Option<SourceIdentity>,
    /// `Tags` and `TransitiveTagKeys`.
    pub tags: SessionTags,
    /// `ProvidedContexts`.
    pub provided_contexts: ProvidedContexts,
}

impl AssumeRoleRequest {
    /// The parameters that STS demands.
    pub(super) fn new(role_arn: RoleArn, duration: SessionDuration) -> Self {
        Self {
            role_arn,
            session_name: SessionName::unique(),
            duration,
            external_id: None,
            policy: None,
            policy_arns: PolicyArns::default(),
            mfa: None,
            source_identity: None,
            tags: SessionTags::default(),
            provided_contexts: ProvidedContexts::default(),
        }
    }

    /// Each member as a part of the session's key. The name only if it was configured:
    /// a generated one does not tell one session from another.
    pub(super) fn add_to(
        &self,
        key: SessionKeyBuilder,
        configured_name: Option<&SessionName>,
        serial: Option<&MfaSerial>,
    ) -> SessionKeyBuilder {
        // All of them, so that a new member does not compile until it is a part.
        let Self {
            role_arn,
            session_name: _,
            duration,
            external_id,
            policy,
            policy_arns: arns,
            mfa: _,
            source_identity,
            tags: session_tags,
            provided_contexts,
        } = self;
        let key = key
            .part("RoleArn", role_arn.as_str())
            .optional("RoleSessionName", configured_name.map(SessionName::as_str))
            .part("DurationSeconds", seconds(duration.as_secs().into()))
            .optional("ExternalId", external_id.as_ref().map(ExternalId::expose))
            .optional("Policy", policy.as_ref().map(SessionPolicy::as_str))
            .optional("SerialNumber", serial.map(MfaSerial::as_str))
            .optional("SourceIdentity", source_identity.as_ref().map(SourceIdentity::as_str));
        contexts(tags(policy_arns(key, arns), session_tags), provided_contexts)
    }
}
