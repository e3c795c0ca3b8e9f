use crate::StsSession;

/// What STS answered to `GetScopedCredentials`.
///
/// Of its members only the credentials must be there: emulators leave others out.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ScopedSession {
    /// `Credentials`, with `SessionInfo.Arn` as the ARN: that of the session that called.
    pub session: StsSession,
    /// `SessionInfo.ScopedSessionId`.
    pub scoped_session_id: Option<String>,
    /// `ScopedPoliciesCount`: how many policies of this operation bind the session, three at
    /// most.
    pub scoped_policies_count: Option<u32>,
}
