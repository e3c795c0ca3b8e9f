mod cause;
mod place;

use serde_json::json;
use stscreds::aws_sdk::Environment;
use stscreds::provider::CallerIdentityClient;

use self::cause::{Look, cause};
use self::place::Places;
use super::list::life;
use super::{block_on, get};
use crate::arguments::Explain;
use crate::clock::now;
use crate::failure::{Exit, Failure, Shown};
use crate::journey::{Chosen, Journey, Sources, Step};
use crate::notes::{Notes, print};
use crate::session::Sessions;
use crate::store::{Location, State, Store};
use crate::sts::Sts;

/// Says how a profile resolves. The first line names what is wrong, if anything is.
///
/// Without `--try` no call is made and no program is run. No value of a variable and no
/// secret is shown.
pub(super) fn run(explain: &Explain, notes: &Notes) -> Result<(), Failure> {
    let common = &explain.common;
    let environment = Environment::of_this_process();
    let places = Places::read(&environment);
    let sources = Sources::read(environment.clone());
    let planned = sources.as_ref().map_err(Clone::clone).and_then(|s| Journey::plan(s, common));
    let look = Look { environment: &environment, places: &places, common };
    let mut why = cause(&look, sources.as_ref(), planned.as_ref());
    let mut lines = Vec::new();
    if let Ok(sources) = &sources {
        lines.extend(settings(sources, &places, sources.chosen(common)));
        lines.extend(overrides(sources, sources.chosen(common)));
    }
    if let Ok(journey) = &planned {
        let store = Store::open(Location::of(&environment));
        lines.extend(store.unusable.iter().map(|why| format!("sessions are not kept: {why}")));
        let (cached, last_failure) = steps(journey, &store);
        lines.extend(cached);
        why = why.or(last_failure);
        if explain.r#try && why.as_ref().is_none_or(|(exit, _)| *exit != Exit::Usage) {
            let sessions = Sessions { journey, options: &common.options, store: &store, notes };
            match tried(&sessions) {
                Ok(line) => {
                    lines.push(line);
                    why = None;
                }
                Err(failure) => why = Some((failure.exit, failure.to_string())),
            }
        }
    }
    report(why.as_ref(), &lines, notes)
}

fn report(why: Option<&(Exit, String)>, lines: &[String], notes: &Notes) -> Result<(), Failure> {
    let first = match why {
        Some((_, why)) => why.clone(),
        None => "nothing is wrong with this profile".to_owned(),
    };
    if notes.json() {
        let object = json!({
            "Cause": why.map(|(_, why)| why), "Exit": why.map(|(e, _)| e.code()),
            "Details": lines,
        });
        print(&format!("{object}\n"))?;
    } else {
        let lines: Vec<_> = lines.iter().map(|line| format!("  {}\n", Shown(line))).collect();
        print(&format!("{}\n{}", Shown(&first), lines.concat()))?;
    }
    match why {
        Some((exit, _)) => Err(Failure::said(*exit)),
        None => Ok(()),
    }
}

/// Each profile on the way, where it is and what it says; no value that may be a secret.
fn settings(sources: &Sources, places: &Places, chosen: Chosen<'_>) -> Vec<String> {
    let shown = [
        "role_arn",
        "source_profile",
        "credential_source",
        "mfa_serial",
        "role_session_name",
        "duration_seconds",
        "region",
        "endpoint_url",
        "web_identity_token_file",
        "sso_session",
    ];
    let hidden = ["aws_access_key_id", "credential_process", "external_id", "mfa_process"];
    let mut lines = Vec::new();
    let mut name = chosen.name();
    let mut seen = vec![name];
    while sources.profiles.names().any(|known| known == name) {
        lines.push(format!("profile {name}: {}", places.of_profile(name)));
        for setting in shown {
            if let Some(value) = sources.profiles.setting(name, setting) {
                let place = places.of_setting(name, setting);
                lines.push(format!("  {setting} = {value}  ({place})"));
            }
        }
        for setting in hidden {
            if sources.profiles.setting(name, setting).is_some() {
                lines.push(format!("  {setting} is set  ({})", places.of_setting(name, setting)));
            }
        }
        match sources.profiles.setting(name, "source_profile") {
            Some(source) if !seen.contains(&source) => name = source,
            _ => break,
        }
        seen.push(name);
    }
    lines
}

/// The variables that count, by name.
fn overrides(sources: &Sources, chosen: Chosen<'_>) -> Vec<String> {
    let is_set = |name: &&str| sources.environment.get(name).is_some();
    let place =
        ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
    let sts = [
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_CA_BUNDLE",
        "HTTPS_PROXY",
        "https_proxy",
    ];
    let keys = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_ARN",
    ];
    let mut lines: Vec<_> =
        place.iter().chain(&sts).filter(|n| is_set(n)).map(|n| format!("{n} is set")).collect();
    let others = keys.iter().filter(|name| is_set(name));
    lines.extend(others.map(|name| match chosen {
        Chosen::Named(_) => format!("{name} is set; this profile ignores it, other tools may not"),
        Chosen::Environment => format!("{name} is set and used"),
    }));
    lines
}

/// Each step with the life of its session, and the last failure that nothing has mended.
fn steps(journey: &Journey, store: &Store) -> (Vec<String>, Option<(Exit, String)>) {
    let mut lines = Vec::new();
    let mut last = None;
    for leg in &journey.steps {
        let entry = store.session(&leg.key).filter(|entry| entry.is_valid(now()));
        let kept = match (&leg.step, &entry) {
            (Step::Base(crate::journey::BaseStep::Keys(keys)), _) => {
                match (keys.session_token().is_some(), keys.expires_at()) {
                    (true, _) => "temporary keys".to_owned(),
                    (false, _) => "long-term keys".to_owned(),
                }
            }
            (_, Some(entry)) => {
                format!("a cached session has {} left", life(entry.remaining(now()).as_secs()))
            }
            (step, None) if step.device().is_some() => "needs an MFA code".to_owned(),
            (_, None) => "no cached session".to_owned(),
        };
        lines.push(format!("step {} {}: {kept}", leg.step.kind(), leg.step.name()));
        match store.note(&leg.key).map(|note| (note.since, note.state)) {
            Some((since, State::Failed(failure))) if entry.is_none() => {
                last =
                    Some((failure.exit, format!("the last attempt failed at {since}: {failure}")));
            }
            Some((since, State::WaitsForPerson)) if entry.is_none() => {
                lines.push(format!("a person was asked for a code at {since}"));
            }
            _ => {}
        }
    }
    (lines, last)
}

/// Asks STS, and says whose credentials they are.
fn tried(sessions: &Sessions<'_>) -> Result<String, Failure> {
    let session = get(sessions, sessions.journey.last(), sessions.wanted())?;
    let client = Sts::of(&sessions.journey.loader)?.signed_by(&session);
    block_on(async {
        let identity = client.caller_identity().await;
        let identity = identity
            .map_err(|error| Failure::of_call(&error, &sessions.journey.endpoint_shown()))?;
        Ok(format!("STS says: {}", identity.arn()))
    })
}
