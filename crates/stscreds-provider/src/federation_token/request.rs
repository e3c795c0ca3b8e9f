use crate::{FederatedUserName, PolicyArns, SessionPolicy, SessionTags, UserSessionDuration};

/// The parameters of one `GetFederationToken` call, each already checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FederationTokenRequest {
    /// `Name`.
    pub name: FederatedUserName,
    /// `DurationSeconds`; if not set nothing is sent, and STS grants 12 hours.
    pub duration: Option<UserSessionDuration>,
    /// `Policy`.
    pub policy: Option<SessionPolicy>,
    /// `PolicyArns`.
    pub policy_arns: PolicyArns,
    /// `Tags`.
    pub tags: SessionTags,
}

impl FederationTokenRequest {
    /// The parameter that STS demands.
    pub(super) fn new(name: FederatedUserName) -> Self {
        Self {
            name,
            duration: None,
            policy: None,
            policy_arns: PolicyArns::default(),
            tags: SessionTags::default(),
        }
    }
}
