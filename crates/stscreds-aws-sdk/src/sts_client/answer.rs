use aws_sdk_sts::types::Credentials;
use stscreds_core::{SecretString, Timestamp};
use stscreds_provider::StsSession;

use crate::convert::expiration;

/// An answer of STS as the SDK understood it.
///
/// The SDK puts an empty text or the year 1970 where a member was missing; the
/// provider refuses both.
pub(super) fn sts_session(credentials: Option<Credentials>, arn: Option<String>) -> StsSession {
    let mut session = StsSession::default();
    if let Some(credentials) = credentials {
        session.expiration = Some(expiration(&credentials)).filter(|at| *at != Timestamp::EPOCH);
        session.access_key_id = Some(credentials.access_key_id);
        session.secret_access_key = Some(SecretString::from(credentials.secret_access_key));
        session.session_token = Some(SecretString::from(credentials.session_token));
    }
    session.arn = arn;
    session
}
