use crate::{MfaAnswer, UserSessionDuration};

/// The parameters of one `GetSessionToken` call, each already checked.
///
/// `Debug` masks the MFA code.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SessionTokenRequest {
    /// `DurationSeconds`; if not set nothing is sent, and STS grants 12 hours.
    pub duration: Option<UserSessionDuration>,
    /// `SerialNumber` and `TokenCode`.
    pub mfa: Option<MfaAnswer>,
}
