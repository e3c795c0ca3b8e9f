use http::request::Parts;
use http::{Method, header};
use subtle::ConstantTimeEq as _;

use super::Endpoint;
use super::answer::Answer;
use super::document::of_container;
use super::endpoint::Kind;
use super::sessions::Sessions;
use crate::oidc::{KeySet, Rules, Token};
use crate::state::State;

pub(super) fn answer(state: &State, sessions: &Sessions, parts: &Parts) -> Answer {
    let (operation, session_name) = match sessions.endpoint.kind {
        Kind::PodIdentity => ("pod-identity:GetCredentials", "eks-fake-sts-pod"),
        Kind::Container { .. } | Kind::Instance { .. } => {
            ("container:GetCredentials", "fake-sts-task")
        }
    };
    let error = |status, code, message: &str| Answer::error(operation, status, code, message);
    if parts.method != Method::GET {
        return error(405, "MethodNotAllowedException", "only GET is answered");
    }
    let token = parts.headers.get(header::AUTHORIZATION);
    let token = token.and_then(|token| token.to_str().ok()).unwrap_or_default();
    match &sessions.endpoint.kind {
        Kind::Container { token: Some(expected) } => {
            if !bool::from(token.as_bytes().ct_eq(expected.as_bytes())) {
                let message = "Authorization is missing, or has another token";
                return error(401, "AccessDeniedException", message);
            }
        }
        Kind::PodIdentity => {
            if let Err(why) = check_pod(state, token) {
                return error(400, "InvalidTokenException", &why);
            }
        }
        Kind::Container { token: None } | Kind::Instance { .. } => {}
    }
    match sessions.give(state, session_name) {
        Some(given) => Answer::json(operation, &of_container(&given)),
        None => {
            let message = format!("there is no role {} in the world", sessions.endpoint.role);
            error(404, "ResourceNotFoundException", &message)
        }
    }
}

/// Checks the token of a pod's service account, as the agent of EKS Pod Identity has its service do.
fn check_pod(state: &State, token: &str) -> Result<(), String> {
    let audience = [Endpoint::POD_IDENTITY_AUDIENCE.to_owned()];
    let parsed = Token::parse(token).map_err(|fault| fault.to_string())?;
    if parsed.issuer() != state.issuer.url() {
        return Err(format!("the issuer is not {}", state.issuer.url()));
    }
    let keys = KeySet::built_in();
    let verified = parsed
        .verify(&keys, state.clock.now(), &Rules::new(&audience))
        .map_err(|fault| fault.to_string())?;
    let subject = verified.claim("sub").unwrap_or_default();
    match subject.strip_prefix("system:serviceaccount:") {
        Some(account) if account.split(':').filter(|part| !part.is_empty()).count() == 2 => Ok(()),
        _ => Err(format!("the subject {subject:?} is not a service account")),
    }
}
