use serde_json::{Map, Value, json};

use super::authorization::{Attempt, Target, authorize};
use super::tags::Tags;
use super::{Scene, Trail, context, plain, regional};
use crate::oidc::{Algorithm, Issuer};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{AccountId, Caller, OutboundWebIdentity, Seal, request_id};

/// How long a token lasts by default, in seconds.
const DURATION: i32 = 300;

/// The greatest payload, in bytes. The real limit is not documented; this is what a token of STS may have at most where it takes tokens.
const PAYLOAD_LIMIT: usize = 20_000;

/// [`GetWebIdentityToken`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html).
///
/// The token is real, signed with the keys of the built-in issuer under an issuer URL of the account.
pub(super) fn get_web_identity_token(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let audiences = input.list("Audience", &constraint::AUDIENCE);
    input.required_list("Audience", audiences.len(), &(1..=10));
    let algorithm = input.required("SigningAlgorithm", &constraint::SIGNING_ALGORITHM);
    if !constraint::SIGNING_ALGORITHM.is_broken_by(algorithm) {
        input.enumeration("SigningAlgorithm", algorithm, &["RS256", "ES384"]);
    }
    let duration = input.optional_integer("DurationSeconds", &(60..=3600));
    let tags = Tags::read(&mut input);
    input.finish()?;
    regional::check(scene)?;

    let mut context = context::of_caller(scene, caller);
    context.set_many("sts:IdentityTokenAudience", audiences.iter().copied());
    context.set("sts:SigningAlgorithm", algorithm);
    if let Some(duration) = duration {
        context.set("sts:DurationSeconds", duration.to_string());
    }
    tags.set(&mut context);
    plain::shut_out(scene, caller, "sts:GetWebIdentityToken")?;
    let attempt = Attempt {
        caller,
        action: "sts:GetWebIdentityToken",
        on: Target::Nothing,
        context: &context,
    };
    authorize(scene, &attempt, trail)?;
    check_enabled(scene, caller.account)?;
    let expires = scene.now.as_second() + i64::from(duration.unwrap_or(DURATION));
    check_session(caller, expires)?;

    let claims = claims(scene, caller, tags)?;
    let duration = u64::try_from(duration.unwrap_or(DURATION)).unwrap_or_default();
    let issuer = Issuer::new(issuer_url(scene.seal, caller.account));
    let token = issuer
        .token_at(scene.now.into())
        .without_not_before()
        .subject(caller.principal.principal_arn())
        .claim("aud", audience_claim(&audiences))
        .algorithm(if algorithm == "ES384" { Algorithm::Es384 } else { Algorithm::Rs256 })
        .expires_in(std::time::Duration::from_secs(duration))
        .claim("https://sts.amazonaws.com/", claims)
        .claim("jti", request_id(&mut fastrand::Rng::with_seed(scene.seed)))
        .try_mint()
        .map_err(|error| Refusal::bare(ErrorCode::InternalFailure).because(error))?;
    let expiration = jiff::Timestamp::from_second(expires).unwrap_or(jiff::Timestamp::MAX);
    Ok(Answer::new().text("WebIdentityToken", token).time("Expiration", expiration))
}

/// The issuer of an account's tokens. The same for all servers with the same session key.
pub(crate) fn issuer_url(seal: &Seal, account: AccountId) -> String {
    let uuid =
        uuid::Builder::from_random_bytes(seal.bytes_for(&format!("issuer {account}"))).into_uuid();
    format!("https://{uuid}.tokens.sts.global.api.aws")
}

/// The claim `aud`: a text for one audience, a list for several, as [RFC 7519](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3) has it.
fn audience_claim(audiences: &[&str]) -> Value {
    match audiences {
        [one] => Value::from(*one),
        several => Value::from(several),
    }
}

fn check_enabled(scene: &Scene<'_>, account: AccountId) -> Result<(), Refusal> {
    match scene.directory.account(account).map(|account| account.outbound_web_identity) {
        Some(OutboundWebIdentity::Enabled) => Ok(()),
        _ => {
            let message =
                "The outbound web identity federation feature is not enabled for this account.";
            Err(Refusal::new(ErrorCode::OutboundWebIdentityFederationDisabledException, message))
        }
    }
}

/// A token must not outlast the session that asks for it.
fn check_session(caller: &Caller, expires: i64) -> Result<(), Refusal> {
    match &caller.session {
        Some(session) if expires > session.expires => {
            let message = "The requested token duration would extend the session beyond its original expiration time.";
            Err(Refusal::new(ErrorCode::SessionDurationEscalationException, message))
        }
        _ => Ok(()),
    }
}

fn claims(scene: &Scene<'_>, caller: &Caller, tags: Tags) -> Result<Value, Refusal> {
    let request_tags = tags.merge()?.tags.into_iter().map(|(key, value)| (key, Value::from(value)));
    let request_tags = request_tags.collect::<Map<_, _>>();
    let mut claims = json!({
        "aws_account": caller.account.to_string(),
        "source_region": scene.facts.region,
        "principal_tags": caller.tags().into_iter().collect::<std::collections::BTreeMap<_, _>>(),
    });
    let mut set = |name: &str, value: Value| claims[name] = value;
    if !request_tags.is_empty() {
        set("request_tags", request_tags.into());
    }
    let organization =
        scene.directory.account(caller.account).and_then(|account| account.organization.clone());
    if let Some(organization) = organization {
        set("org_id", organization.into());
    }
    if let Some(session) = &caller.session {
        let end = jiff::Timestamp::from_second(session.expires).unwrap_or(jiff::Timestamp::MAX);
        set("original_session_exp", end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
        if let Some(source_identity) = &session.source_identity {
            set("source_identity", source_identity.as_str().into());
        }
        if let Some(provider) = &session.federated_provider {
            set("federated_provider", provider.as_str().into());
        }
    }
    if claims.to_string().len() > PAYLOAD_LIMIT {
        let message = "The requested token payload size exceeds the maximum allowed size.";
        return Err(Refusal::new(ErrorCode::JwtPayloadSizeExceededException, message));
    }
    Ok(claims)
}
