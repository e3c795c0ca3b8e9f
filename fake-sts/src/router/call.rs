use std::net::SocketAddr;

use jiff::Timestamp;

use super::{
    endpoint::DEFAULT_REGION,
    gate::{Arrival, Format},
    record,
    reply::{Identity, Reply},
};
use crate::{
    action::{self, Facts, Operation, Scene, Trail, WebIdentityClaim},
    auth::{Presented, Region, Rules},
    clock::Stopwatch,
    oidc::KeySet,
    state::State,
    switches::{AuthorizationEcho, Regions, Switches},
    wire::{Answer, ErrorCode, Refusal, json_answer, json_error, xml_answer, xml_error},
    world::{Caller, Directory, KeySource, identify},
};

/// The only version there is.
const VERSION: &str = "2011-06-15";

/// Carries out a call, writes it down, and answers it.
pub(super) async fn carry_out(
    state: &State,
    arrival: &Arrival<'_>,
    peer: Option<SocketAddr>,
    stopwatch: Stopwatch,
) -> Reply {
    let directory = state.directory();
    let now = state.clock.timestamp();
    let mut course = Course { facts: facts(arrival, peer), ..Course::default() };
    let outcome = attempt(state, &directory, arrival, now, &mut course).await;
    let outcome = spend_code(state, &directory, &course.trail, outcome);
    let reply = reply(arrival, &outcome, Identity::new(&course.facts.region));
    state.journal.record(record::of_call(arrival, course, &outcome, &reply, now, stopwatch));
    reply
}

fn reply(arrival: &Arrival<'_>, outcome: &Result<Answer, Refusal>, identity: Identity) -> Reply {
    let name = arrival.form.first("Action").unwrap_or_default();
    let status = outcome.as_ref().map_or_else(|refusal| refusal.code().status(), |_| 200);
    let (body, content_type) = match (outcome, arrival.format) {
        (Ok(answer), Format::Xml) => (xml_answer(name, answer, &identity.request_id), "text/xml"),
        (Ok(answer), Format::Json) => {
            (json_answer(name, answer, &identity.request_id), "application/json")
        }
        (Err(refusal), Format::Xml) => (xml_error(refusal, &identity.request_id), "text/xml"),
        (Err(refusal), Format::Json) => {
            (json_error(refusal, &identity.request_id), "application/json")
        }
    };
    Reply::of_sts(status, identity, body, content_type)
}

/// What became known on the way.
#[derive(Default)]
pub(super) struct Course {
    pub(super) facts: Facts,
    pub(super) access_key_id: Option<String>,
    pub(super) caller: Option<Caller>,
    pub(super) trail: Trail,
}

async fn attempt(
    state: &State,
    directory: &Directory,
    arrival: &Arrival<'_>,
    now: Timestamp,
    course: &mut Course,
) -> Result<Answer, Refusal> {
    let operation = operation(arrival)?;
    if operation.is_signed() {
        let presented = read_signature(directory.switches(), arrival, now)?;
        course.access_key_id = Some(presented.access_key_id().to_owned());
        course.facts.region = presented.region().to_owned();
        course.caller = Some(identify(directory, &state.seal, &presented, now)?);
    }
    let scene = Scene {
        directory,
        seal: &state.seal,
        spent_codes: &state.spent_codes,
        facts: &course.facts,
        now,
        seed: fastrand::u64(..),
    };
    match &course.caller {
        Some(caller) => action::signed(operation, &scene, caller, &arrival.form, &mut course.trail),
        None => unsigned(state, operation, &scene, arrival, &mut course.trail).await,
    }
}

async fn unsigned(
    state: &State,
    operation: Operation,
    scene: &Scene<'_>,
    arrival: &Arrival<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    if operation == Operation::AssumeRoleWithSaml {
        return with_saml(scene, arrival, trail);
    }
    let claim = WebIdentityClaim::read(scene, &arrival.form, trail)?;
    let keys = match claim.issuer() {
        Some((token, provider)) => Some(match &provider.keys {
            KeySource::Given(keys) => keys.clone(),
            KeySource::BuiltIn => KeySet::built_in(),
            KeySource::Fetched(base) => state
                .external_keys
                .keys(token, base, &provider.thumbprints, scene.now.into())
                .await
                .map_err(|fault| action::unreachable_issuer(scene, fault))?,
        }),
        None => None,
    };
    claim.redeem(scene, keys.as_ref(), trail)
}

#[cfg(feature = "saml")]
fn with_saml(
    scene: &Scene<'_>,
    arrival: &Arrival<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    action::assume_role_with_saml(scene, &arrival.form, trail)
}

/// A build without SAML has no providers of it.
#[cfg(not(feature = "saml"))]
fn with_saml(_: &Scene<'_>, _: &Arrival<'_>, _: &mut Trail) -> Result<Answer, Refusal> {
    Err(Refusal::new(ErrorCode::InvalidIdentityToken, "Specified provider doesn't exist."))
}

fn operation(arrival: &Arrival<'_>) -> Result<Operation, Refusal> {
    let name = arrival.form.first("Action").unwrap_or_default();
    let version = arrival.form.first("Version");
    let operation = Operation::named(name).filter(|_| version == Some(VERSION));
    operation.ok_or_else(|| {
        let version = version.unwrap_or("NO_VERSION_SPECIFIED");
        Refusal::new(
            ErrorCode::InvalidAction,
            format!("Could not find operation {name} for version {version}"),
        )
    })
}

fn read_signature(
    switches: &Switches,
    arrival: &Arrival<'_>,
    now: Timestamp,
) -> Result<Presented, Refusal> {
    let region = match (&switches.regions, arrival.endpoint.region) {
        (Regions::Only(region), _) => Region::Only(region),
        (Regions::FromHost, Some(region)) => Region::Only(region),
        (Regions::FromHost, None) | (Regions::Any, _) => Region::Any,
    };
    let rules = Rules {
        region,
        unsigned_payload: switches.unsigned_payload,
        window: switches.signature_window,
        ..Rules::sts()
    };
    let fault = match rules.read(&arrival.incoming, now) {
        Ok(presented) => return Ok(presented),
        Err(fault) => fault,
    };
    Err(match switches.authorization_echo {
        AuthorizationEcho::Verbatim => fault.into(),
        AuthorizationEcho::Hashed => fault.with_hashed_header().into(),
    })
}

/// Spends the MFA code that the call used. Of two calls with one code at the same time, the later one loses here.
fn spend_code(
    state: &State,
    directory: &Directory,
    trail: &Trail,
    outcome: Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    match &trail.spent_code {
        Some(code) if !state.spent_codes.spend(code, directory.switches().mfa_replay) => {
            Err(action::wrong_code().because("another call used the code at the same time"))
        }
        _ => outcome,
    }
}

fn facts(arrival: &Arrival<'_>, peer: Option<SocketAddr>) -> Facts {
    Facts {
        source_ip: peer.map(|address| address.ip()),
        user_agent: record::user_agent(arrival.incoming.headers),
        region: arrival.endpoint.region.unwrap_or(DEFAULT_REGION).to_owned(),
        endpoint: arrival.endpoint.endpoint,
    }
}
