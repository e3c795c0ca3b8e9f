use stscreds_token::SamlAssertion;

use crate::{PolicyArns, RoleArn, SamlProviderArn, SessionDuration, SessionPolicy};

/// The parameters of one `AssumeRoleWithSAML` call, each already checked.
///
/// `Debug` masks the assertion.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleWithSamlRequest {
    /// `RoleArn`.
    pub role_arn: RoleArn,
    /// `PrincipalArn`.
    pub principal_arn: SamlProviderArn,
    /// `SAMLAssertion`.
    pub assertion: SamlAssertion,
    /// `DurationSeconds`; if not set nothing is sent, and STS grants one hour, or
    /// what the assertion's `SessionDuration` says.
    pub duration: Option<SessionDuration>,
    /// `Policy`.
    pub policy: Option<SessionPolicy>,
    /// `PolicyArns`.
    pub policy_arns: PolicyArns,
}
