use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::authorization::{Attempt, Target, authorize};
use super::outbound_issuer::issuer_url;
use super::outbound_subject::Subject;
use super::tags::Tags;
use super::{Scene, Trail, context};
use crate::oidc::{Algorithm, Issuer};
use crate::wire::{Answer, ErrorCode, Form, Input, Refusal, constraint};
use crate::world::{AccountId, Caller, Identity, OutboundWebIdentity, request_id};

/// How long a token lasts by default, in seconds.
const DURATION: i32 = 300;

/// The greatest payload, in bytes. The real limit is not documented; a payload of 14,984 bytes was accepted in September 2026.
const PAYLOAD_LIMIT: usize = 15_000;

/// The parameters, each within its constraints.
struct Parameters<'a> {
    audiences: Vec<&'a str>,
    algorithm: &'a str,
    duration: i32,
    tags: Tags,
    subject: Subject<'a>,
}

/// [`GetWebIdentityToken`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html).
///
/// The token is real, signed with the keys of the built-in issuer under an issuer URL of the account. The order of the checks was recorded in
/// September 2026: a caller without permission never learns that the feature is off.
pub(super) fn get_web_identity_token(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let parameters = Parameters::read(scene, form)?;
    let algorithm = algorithm(parameters.algorithm)?;
    parameters.tags.check_duplicates()?;
    if matches!(caller.identity, Identity::Federated(_)) {
        let message = "GetWebIdentityToken does not support federated user sessions";
        return Err(Refusal::new(ErrorCode::AccessDenied, message));
    }
    authorize_all(scene, caller, &parameters, trail)?;
    let subject = parameters.subject.of(caller)?;
    let duration = i64::from(parameters.duration);
    check_session(caller, scene.now.as_second() + duration)?;
    check_enabled(scene, caller.account)?;

    let lifetime = Duration::from_secs(u64::try_from(duration).unwrap_or_default());
    let issuer = Issuer::new(issuer_url(scene.seal, caller.account));
    let mut builder = issuer
        .token_at(scene.now.into())
        .without_not_before()
        .subject(subject)
        .claim("aud", audience_claim(&parameters.audiences))
        .algorithm(algorithm)
        .expires_in(lifetime)
        .claim("https://sts.amazonaws.com/", claims(scene, caller, &parameters))
        .claim("jti", request_id(&mut fastrand::Rng::with_seed(scene.seed)));
    for (name, value) in parameters.subject.claims() {
        builder = builder.claim(name, value);
    }
    let token = builder
        .try_mint()
        .map_err(|error| Refusal::bare(ErrorCode::InternalFailure).because(error))?;
    check_payload(&token)?;
    // With its milliseconds, unlike the expiry of credentials and the claims of the token.
    let expiration = scene.now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
    Ok(Answer::new().text("WebIdentityToken", token).precise_time("Expiration", expiration))
}

impl<'a> Parameters<'a> {
    fn read(scene: &Scene<'_>, form: &'a Form<'a>) -> Result<Self, Refusal> {
        let mut input = scene.input(form);
        let audiences = input.list("Audience", &constraint::AUDIENCE);
        input.required_list("Audience", audiences.len(), &(1..=10));
        let parameters = Self {
            audiences,
            algorithm: input.required("SigningAlgorithm", &constraint::SIGNING_ALGORITHM),
            duration: input.optional_integer("DurationSeconds", &(60..=3600)).unwrap_or(DURATION),
            tags: Tags::read(&mut input),
            subject: Subject::read(&mut input, scene.switches().outbound_subjects),
        };
        Input::finish(input)?;
        parameters.subject.check(parameters.audiences.len())?;
        Ok(parameters)
    }
}

fn algorithm(name: &str) -> Result<Algorithm, Refusal> {
    match name {
        "RS256" => Ok(Algorithm::Rs256),
        "ES384" => Ok(Algorithm::Es384),
        _ => {
            let message = "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms";
            Err(Refusal::new(ErrorCode::ValidationError, message))
        }
    }
}

/// The resource of all of these is the calling session itself, which policies write as `arn:aws:sts::111122223333:self`.
fn authorize_all(
    scene: &Scene<'_>,
    caller: &Caller,
    parameters: &Parameters<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let mut context = context::of_caller(scene, caller);
    context.set_many("sts:IdentityTokenAudience", parameters.audiences.iter().copied());
    context.set("sts:SigningAlgorithm", parameters.algorithm);
    // The default counts as if it had been sent.
    context.set("sts:DurationSeconds", parameters.duration.to_string());
    parameters.subject.set(&mut context);
    parameters.tags.set(&mut context);
    let arn = format!("arn:{}:sts::{}:self", caller.principal.partition(), caller.account);
    let mut may = |action| {
        let attempt = Attempt { caller, action, on: Target::Itself(&arn), context: &context };
        authorize(scene, &attempt, trail)
    };
    may("sts:GetWebIdentityToken")?;
    if !parameters.tags.is_empty() {
        may("sts:TagGetWebIdentityToken")?;
    }
    if parameters.subject.has_scope() {
        may("sts:SetWebIdentityTokenScope")?;
    }
    Ok(())
}

fn check_payload(token: &str) -> Result<(), Refusal> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(payload).map_or(usize::MAX, |payload| payload.len());
    if payload <= PAYLOAD_LIMIT {
        return Ok(());
    }
    let message = "The requested token payload size exceeds the maximum allowed size.";
    Err(Refusal::new(ErrorCode::JwtPayloadSizeExceededException, message))
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
            let message = "OutboundWebIdentityFederation is disabled.";
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

/// The claims of AWS's own about the caller. Those that have nothing to say are left out.
fn claims(scene: &Scene<'_>, caller: &Caller, parameters: &Parameters<'_>) -> Value {
    let map = |tags: Vec<(String, String)>| {
        let tags = tags.into_iter().map(|(key, value)| (key, Value::from(value)));
        Value::Object(tags.collect::<Map<_, _>>())
    };
    let mut claims = json!({
        "aws_account": caller.account.to_string(),
        "source_region": scene.facts.region,
        "principal_id": caller.principal.principal_arn(),
    });
    let mut set = |name: &str, value: Value| claims[name] = value;
    for (name, tags) in
        [("principal_tags", caller.tags()), ("request_tags", parameters.tags.requested().to_vec())]
    {
        if !tags.is_empty() {
            set(name, map(tags));
        }
    }
    let account = scene.directory.account(caller.account);
    if let Some(organization) = account.and_then(|account| account.organization.clone()) {
        set("org_id", organization.into());
    }
    if let Some(path) = account.and_then(|account| account.organization_path.clone()) {
        set("ou_path", json!([path]));
    }
    if let Some(session) = &caller.session {
        let end = Timestamp::from_second(session.expires).unwrap_or(Timestamp::MAX);
        set("original_session_exp", end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
        if let Some(source_identity) = &session.source_identity {
            set("source_identity", source_identity.as_str().into());
        }
        if let Some(provider) = &session.federated_provider {
            set("federated_provider", provider.as_str().into());
        }
    }
    claims
}
