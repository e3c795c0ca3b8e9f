use roxmltree::Node;
use stscreds_core::{Error, ErrorKind, SecretString, Timestamp};
use stscreds_provider::{CallerIdentity, OutboundToken, ScopedSession, StsSession};

use super::{child, text};

/// The credentials of a result. That none is missing is checked by the provider.
pub(crate) fn session(operation: &str, result: Node<'_, '_>) -> Result<StsSession, Error> {
    let mut session = StsSession::default();
    if let Some(credentials) = child(result, "Credentials") {
        session.access_key_id = text(credentials, "AccessKeyId");
        session.secret_access_key = text(credentials, "SecretAccessKey").map(SecretString::from);
        session.session_token = text(credentials, "SessionToken").map(SecretString::from);
        session.expiration =
            text(credentials, "Expiration").map(|at| expiration(operation, &at)).transpose()?;
    }
    let user = ["AssumedRoleUser", "FederatedUser"].iter().find_map(|name| child(result, name));
    session.arn = user.and_then(|user| text(user, "Arn"));
    Ok(session)
}

/// The result of `GetScopedCredentials`, whose ARN is that of the session that called.
pub(crate) fn scoped_session(
    operation: &str,
    result: Node<'_, '_>,
) -> Result<ScopedSession, Error> {
    let info = child(result, "SessionInfo");
    let mut scoped = ScopedSession::default();
    scoped.session = session(operation, result)?;
    scoped.session.arn = info.and_then(|info| text(info, "Arn"));
    scoped.scoped_session_id = info.and_then(|info| text(info, "ScopedSessionId"));
    scoped.scoped_policies_count =
        text(result, "ScopedPoliciesCount").and_then(|count| count.parse().ok());
    Ok(scoped)
}

pub(crate) fn caller_identity(result: Node<'_, '_>) -> Result<CallerIdentity, Error> {
    let member = |name| text(result, name);
    CallerIdentity::from_answer(member("Account"), member("Arn"), member("UserId"))
}

/// The token of a result, whose `Expiration` has milliseconds.
pub(crate) fn outbound_token(
    operation: &str,
    result: Node<'_, '_>,
) -> Result<OutboundToken, Error> {
    let token = text(result, "WebIdentityToken").map(SecretString::from);
    let expires = text(result, "Expiration").map(|at| expiration(operation, &at)).transpose()?;
    OutboundToken::from_answer(token, expires)
}

fn expiration(operation: &str, text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|error| {
        let what = format!("the response to {operation} has an Expiration that is not a time");
        Error::new(ErrorKind::MalformedResponse, what).with_source(error)
    })
}
