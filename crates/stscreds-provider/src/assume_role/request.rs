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
}
