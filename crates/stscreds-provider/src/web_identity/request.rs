use stscreds_token::IdentityToken;

use crate::{PolicyArns, RoleArn, SessionDuration, SessionName, SessionPolicy};

/// The parameters of one `AssumeRoleWithWebIdentity` call, each already checked.
///
/// `Debug` masks the token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleWithWebIdentityRequest {
    /// `RoleArn`.
    pub role_arn: RoleArn,
    /// `RoleSessionName`.
    pub session_name: SessionName,
    /// `WebIdentityToken`.
    pub token: IdentityToken,
    /// `DurationSeconds`; if not set nothing is sent, and STS grants one hour.
    pub duration: Option<SessionDuration>,
    /// `Policy`.
    pub policy: Option<SessionPolicy>,
    /// `PolicyArns`.
    pub policy_arns: PolicyArns,
}
