use std::mem;

use axum::response::Response;
use jiff::Timestamp;

use super::course::Course;
use super::endpoint::DEFAULT_REGION;
use super::gate::Arrival;
use super::outcome::Outcome;
use super::record::{self, Times};
use super::reply::{Identity, Reply};
use super::struck::{self, Ordeal};
use crate::action::{self, Facts, Operation, Scene, Trail, WebIdentityClaim};
use crate::auth::{Presented, Region, Rules};
use crate::clock::Stopwatch;
use crate::closing::Closing;
use crate::oidc::{KeyFault, KeySet};
use crate::peer::{Peer, source_ip};
use crate::state::State;
use crate::switches::{AuthorizationEcho, Regions, ScopedCredentials, Switches};
use crate::wire::{Answer, ErrorCode, Refusal};
use crate::world::{Directory, KeySource};

/// The only version there is.
const VERSION: &str = "2011-06-15";

/// Carries out a call, writes it down, and answers it, unless a fault has it otherwise.
pub(super) async fn carry_out(
    state: &State,
    arrival: &Arrival<'_>,
    peer: Option<Peer>,
    closing: Closing,
    stopwatch: Stopwatch,
    advice: Option<String>,
) -> Response {
    let directory = state.directory();
    let now = state.clock.timestamp();
    let course = Course {
        facts: facts(arrival, peer),
        tls: peer.and_then(|peer| peer.tls),
        advice,
        ..Course::default()
    };
    let times = Times { now, stopwatch };
    let mut entry = Entry { state, arrival, times, course, is_written: false };
    let course = &mut entry.course;
    let admitted = admit(state, &directory, arrival, now, course);
    let mut strikes = struck::strikes(state, arrival, course);
    let outcome = match strikes.before_operation() {
        Some(effect) => struck::instead(effect, arrival, course),
        None => {
            let ordeal = struck::ordeal(&strikes);
            let outcome = match admitted {
                Ok(operation) => {
                    attempt(state, &directory, operation, arrival, now, ordeal, course).await
                }
                Err(refusal) => Err(refusal),
            };
            let outcome = spend_code(state, &directory, &course.trail, outcome);
            struck::afterwards(&mut strikes, outcome, course)
        }
    };
    let reply = outcome.reply(arrival, Identity::new(&course.facts.region, course.facts.endpoint));
    course.faults = strikes.land();
    entry.write(outcome, &reply);
    struck::sent(reply, &strikes, &state.clock, closing).await
}

/// What the journal will say of a call, also if the client leaves before the response and this is dropped on the way.
struct Entry<'a, 'r> {
    state: &'a State,
    arrival: &'a Arrival<'r>,
    times: Times,
    course: Course,
    is_written: bool,
}

impl Entry<'_, '_> {
    fn write(mut self, outcome: Outcome, reply: &Reply) {
        self.is_written = true;
        let (course, secrets) = (mem::take(&mut self.course), self.state.journal.secrets());
        let call = record::of_call(self.arrival, course, outcome, reply, self.times, secrets);
        self.state.journal.record(call);
    }
}

impl Drop for Entry<'_, '_> {
    fn drop(&mut self) {
        if !self.is_written {
            let (course, secrets) = (mem::take(&mut self.course), self.state.journal.secrets());
            let call = record::of_abandoned(self.arrival, course, self.times, secrets);
            self.state.journal.record(call);
        }
    }
}

/// Finds out what is to be done and for whom.
fn admit(
    state: &State,
    directory: &Directory,
    arrival: &Arrival<'_>,
    now: Timestamp,
    course: &mut Course,
) -> Result<Operation, Refusal> {
    let operation = operation(directory.switches(), arrival)?;
    course.operation = Some(operation);
    action::check_endpoint(directory.switches(), operation, arrival.endpoint.endpoint)?;
    if operation.is_signed() {
        let presented = read_signature(directory.switches(), arrival, now)?;
        course.access_key_id = Some(presented.access_key_id().to_owned());
        course.facts.region = presented.region().to_owned();
        course.caller = Some(state.caller(directory, &presented, now)?);
    }
    Ok(operation)
}

async fn attempt(
    state: &State,
    directory: &Directory,
    operation: Operation,
    arrival: &Arrival<'_>,
    now: Timestamp,
    ordeal: Ordeal,
    course: &mut Course,
) -> Result<Answer, Refusal> {
    let scene = Scene {
        directory,
        seal: &state.seal,
        spent_codes: &state.spent_codes,
        facts: &course.facts,
        now,
        expired: ordeal.expired,
        seed: fastrand::u64(..),
    };
    match &course.caller {
        Some(caller) => action::signed(operation, &scene, caller, &arrival.form, &mut course.trail),
        None if operation == Operation::AssumeRoleWithSaml => {
            with_saml(&scene, arrival, &mut course.trail)
        }
        None => {
            let claim = WebIdentityClaim::read(&scene, &arrival.form, &mut course.trail)?;
            course.issuer_was_out_of_reach =
                ordeal.issuer_is_out_of_reach && claim.issuer().is_some();
            let keys = if course.issuer_was_out_of_reach {
                Err(struck::out_of_reach(&claim))
            } else {
                keys(state, &claim, now).await
            };
            let keys = keys.map_err(|fault| action::unreachable_issuer(&scene, fault))?;
            claim.redeem(&scene, keys.as_ref(), &mut course.trail)
        }
    }
}

/// The keys of the issuer of a token, if it has one.
async fn keys(
    state: &State,
    claim: &WebIdentityClaim<'_>,
    now: Timestamp,
) -> Result<Option<KeySet>, KeyFault> {
    let Some((token, provider)) = claim.issuer() else { return Ok(None) };
    match &provider.keys {
        KeySource::Given(keys) => Ok(Some(keys.clone())),
        KeySource::BuiltIn => Ok(Some(KeySet::built_in())),
        KeySource::Fetched(base) => {
            let thumbprints = &provider.thumbprints;
            state.external_keys.keys(token, base, thumbprints, now.into()).await.map(Some)
        }
    }
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

fn operation(switches: &Switches, arrival: &Arrival<'_>) -> Result<Operation, Refusal> {
    let name = arrival.form.first("Action").unwrap_or_default();
    let version = arrival.form.first("Version");
    let is_known = |operation: &Operation| {
        version == Some(VERSION)
            && (*operation != Operation::GetScopedCredentials
                || switches.scoped_credentials == ScopedCredentials::Known)
    };
    let operation = Operation::named(name).filter(is_known);
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
    let region = match (&switches.regions, &arrival.endpoint.region) {
        (Regions::Only(region), _) | (Regions::FromHost, Some(region)) => Region::Only(region),
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

fn facts(arrival: &Arrival<'_>, peer: Option<Peer>) -> Facts {
    Facts {
        source_ip: Some(source_ip(peer)),
        user_agent: record::user_agent(arrival.incoming.headers),
        region: arrival.endpoint.region.as_deref().unwrap_or(DEFAULT_REGION).to_owned(),
        endpoint: arrival.endpoint.endpoint,
    }
}
