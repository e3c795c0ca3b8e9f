use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::body::Sent;
use super::error::{ControlError, json};
use super::whole_seconds::WholeSeconds;
use crate::saml::{Broken, IdentityProvider};
use crate::spelling::{did_you_mean, meant};
use crate::state::State;
use crate::world::BUILT_IN_IDENTITY_PROVIDER;

/// The SAML assertion that is wanted. What is left out is as in a good one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The provider of the account, by its ARN, and the role.
    provider: String,
    role: String,
    subject: Option<String>,
    session_name: Option<String>,
    session_duration: Option<WholeSeconds>,
    source_identity: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    /// What is wrong with it; nothing if left out.
    broken: Option<String>,
}

pub(super) async fn mint(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let wish = body.json::<Wish>(EXAMPLE)?;
    let issued = IdentityProvider::new(BUILT_IN_IDENTITY_PROVIDER).assertion_at(state.clock.now());
    let mut builder = issued.role(&wish.provider, &wish.role);
    if let Some(subject) = wish.subject {
        builder = builder.subject(subject);
    }
    if let Some(name) = wish.session_name {
        builder = builder.role_session_name(name);
    }
    if let Some(WholeSeconds(seconds)) = wish.session_duration {
        builder = builder.session_duration(Duration::from_secs(seconds));
    }
    if let Some(source_identity) = wish.source_identity {
        builder = builder.source_identity(source_identity);
    }
    for (key, value) in wish.tags.unwrap_or_default() {
        builder = builder.principal_tag(&key, value);
    }
    if let Some(name) = wish.broken {
        builder = builder.broken(broken(&name)?);
    }
    let assertion =
        builder.try_mint().map_err(|error| ControlError::bad_request(error.to_string()))?;
    Ok(json(&json!({ "assertion": assertion })))
}

fn broken(name: &str) -> Result<Broken, ControlError> {
    let known = BROKEN.into_iter().find(|(known, _)| *known == name);
    known.map(|(_, broken)| broken).ok_or_else(|| {
        let names = BROKEN.map(|(name, _)| name);
        let meant = did_you_mean(meant(name, names));
        let names = names.join(", ");
        let name = name.escape_debug();
        ControlError::bad_request(format!("broken: there is no `{name}`{meant}; there are {names}"))
    })
}

const BROKEN: [(&str, Broken); 22] = [
    ("too-old", Broken::TooOld),
    ("not-yet-valid", Broken::NotYetValid),
    ("wrong-audience", Broken::WrongAudience),
    ("wrong-issuer", Broken::WrongIssuer),
    ("unsigned", Broken::Unsigned),
    ("bad-signature", Broken::BadSignature),
    ("foreign-key", Broken::ForeignKey),
    ("tampered", Broken::Tampered),
    ("wrapped", Broken::Wrapped),
    ("response-signed", Broken::ResponseSigned),
    ("expired", Broken::Expired),
    ("subject-expired", Broken::SubjectExpired),
    ("no-conditions", Broken::NoConditions),
    ("no-authn-statement", Broken::NoAuthnStatement),
    ("no-recipient", Broken::NoRecipient),
    ("no-subject-expiry", Broken::NoSubjectExpiry),
    ("no-name-id-format", Broken::NoNameIdFormat),
    ("two-confirmations", Broken::TwoConfirmations),
    ("malformed-start", Broken::MalformedStart),
    ("no-role-session-name", Broken::NoRoleSessionName),
    ("not-base64", Broken::NotBase64),
    ("not-xml", Broken::NotXml),
];

const EXAMPLE: &str = r#"{"provider": "arn:aws:iam::111122223333:saml-provider/Idp", "role": "arn:aws:iam::111122223333:role/saml", "subject": "me", "session_name": "me", "session_duration": 3600, "source_identity": "me", "tags": {}, "broken": "too-old"}, of which all but the first two may be left out"#;
