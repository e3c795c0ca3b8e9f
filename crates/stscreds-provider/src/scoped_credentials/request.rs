use super::{MinimumSessionTokenSize, ScopedDuration, ScopedPolicy, ScopedSessionDescription};

/// The parameters of one `GetScopedCredentials` call, each already checked. A policy or a
/// duration is among them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ScopedCredentialsRequest {
    /// `Policy`.
    pub policy: Option<ScopedPolicy>,
    /// `DurationSeconds`; if not set nothing is sent, and the credentials end with the
    /// session that calls.
    pub duration: Option<ScopedDuration>,
    /// `ScopedSessionDescription`.
    pub description: Option<ScopedSessionDescription>,
    /// `MinimumSessionTokenSize`.
    pub minimum_session_token_size: Option<MinimumSessionTokenSize>,
}
