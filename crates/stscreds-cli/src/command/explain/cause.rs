use stscreds::aws_sdk::{Environment, Profiles};

use super::place::{Places, RawFile};
use crate::arguments::Common;
use crate::failure::{Exit, Failure};
use crate::journey::{Chosen, Journey, Sources, quoted};

/// What a search for the cause looks at.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) environment: &'a Environment,
    pub(super) places: &'a Places,
    pub(super) common: &'a Common,
}

type Cause = Option<(Exit, String)>;

/// The one thing to correct first: files, then the profile's name, then its settings.
pub(super) fn cause(
    look: &Look<'_>,
    sources: Result<&Sources, &Failure>,
    planned: Result<&Journey, &Failure>,
) -> Cause {
    let usage = |what: String| Some((Exit::Usage, what));
    let files = [&look.places.config, &look.places.credentials];
    if let Some(what) = files.into_iter().flatten().find_map(encoding) {
        return usage(what);
    }
    let sources = match sources {
        Ok(sources) => sources,
        Err(failure) => return Some((failure.exit, failure.to_string())),
    };
    let chosen = sources.chosen(look.common);
    if let Chosen::Named(name) = chosen
        && !sources.profiles.names().any(|known| known == name)
        && let Some(what) = misplaced(look.places, name)
    {
        return usage(what);
    }
    let way = way(&sources.profiles, chosen.name());
    if let Some((profile, sign_in)) = way.iter().find_map(|name| {
        let has = |setting| sources.profiles.setting(name, setting).is_some();
        match () {
            () if has("sso_session") || has("sso_account_id") => Some((*name, "aws sso login")),
            () if has("login_session") => Some((*name, "aws login")),
            () => None,
        }
    }) {
        let quoted = quoted(profile);
        return Some((
            Exit::NeedsPerson,
            format!(
                "profile {profile:?} signs in with a browser; run {sign_in} --profile {quoted}, and \
                 name a profile with credential_process = aws configure export-credentials \
                 --profile {quoted} as the source"
            ),
        ));
    }
    if let Some(what) = way.iter().find_map(|name| value(look.places, &sources.profiles, name)) {
        return usage(what);
    }
    if let Some(what) = variable(look.environment, chosen) {
        return usage(what);
    }
    match planned {
        Err(failure) => Some((failure.exit, with_web_identity(look, failure))),
        Ok(journey) => endpoint(look, journey),
    }
}

fn encoding(file: &RawFile) -> Option<String> {
    let name = match file.bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
        [0xef, 0xbb, 0xbf, ..] => "UTF-8 with a byte order mark",
        _ => return None,
    };
    let path = file.path.display();
    Some(format!("{path} is {name}; save it as UTF-8 without a byte order mark"))
}

/// A section that looks like the profile and is not read as one.
fn misplaced(places: &Places, name: &str) -> Option<String> {
    if let Some(file) = &places.config {
        let path = file.path.display();
        for (line, section) in file.sections() {
            let second = section.split_whitespace().nth(1);
            let capital = second == Some(name) && section.to_lowercase().starts_with("profile");
            if section == name || capital {
                return Some(format!(
                    "{path}:{line}: [{section}] is not read as a profile; write [profile {name}]"
                ));
            }
        }
    }
    let file = places.credentials.as_ref()?;
    let prefixed = |(_, section): &(usize, &str)| {
        section.strip_prefix("profile").is_some_and(|rest| rest.trim() == name)
    };
    let (line, section) = file.sections().find(prefixed)?;
    let path = file.path.display();
    Some(format!(
        "{path}:{line}: [{section}] is not read as profile {name:?}; in the credentials file \
         write [{name}]"
    ))
}

/// The profiles from this one to its source.
fn way<'a>(profiles: &'a Profiles, name: &'a str) -> Vec<&'a str> {
    let mut way = vec![name];
    while let Some(source) = way.last().and_then(|name| profiles.setting(name, "source_profile")) {
        if way.contains(&source) {
            break;
        }
        way.push(source);
    }
    way
}

/// A value that cannot be what was meant. Keys are not repeated.
fn value(places: &Places, profiles: &Profiles, name: &str) -> Option<String> {
    let words = [
        "role_arn",
        "source_profile",
        "credential_source",
        "mfa_serial",
        "region",
        "endpoint_url",
        "duration_seconds",
        "role_session_name",
        "aws_access_key_id",
        "aws_secret_access_key",
    ];
    for setting in words {
        let Some(value) = profiles.setting(name, setting) else { continue };
        let at = || format!("{}: {setting} of profile {name:?}", places.of_setting(name, setting));
        if value.contains(" #") || value.contains(" ;") || value.contains("\t#") {
            return Some(format!(
                "{} has a comment behind the value; a comment needs a line of its own",
                at()
            ));
        }
        if value.contains('\n') {
            return Some(format!(
                "{} has more than one line; an indented line continues the value above",
                at()
            ));
        }
        if value.chars().any(|c| c.is_whitespace() || c == '\u{200b}' || c.is_control()) {
            return Some(format!("{} has white space inside; remove it", at()));
        }
        if value.is_empty() && setting != "region" && setting != "endpoint_url" {
            return Some(format!("{} is empty; give it a value or remove the line", at()));
        }
    }
    None
}

/// A variable with a line end: a secret that was made with `echo` or read from a file.
fn variable(environment: &Environment, chosen: Chosen<'_>) -> Option<String> {
    let of_sts = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];
    let of_keys = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ];
    let of_keys = match chosen {
        Chosen::Environment => of_keys.as_slice(),
        Chosen::Named(_) => &[],
    };
    let has_space = |name: &&&str| {
        let value = environment.get(name).unwrap_or_default();
        value.chars().any(|c| c.is_whitespace() || c.is_control())
    };
    let name = of_sts.iter().chain(of_keys).find(has_space)?;
    Some(format!("{name} has white space or a line end in its value; set it again without"))
}

/// botocore's `Environment` means keys; many expect a web identity.
fn with_web_identity(look: &Look<'_>, failure: &Failure) -> String {
    let what = failure.to_string();
    let has_token = look.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE").is_some();
    if what.contains("credential_source") && what.contains("Environment") && has_token {
        return format!(
            "{what}; AWS_WEB_IDENTITY_TOKEN_FILE is set, which this setting does not mean: use \
             web_identity_token_file in a source profile"
        );
    }
    what
}

fn endpoint(look: &Look<'_>, journey: &Journey) -> Cause {
    if let Some(endpoint) = &journey.endpoint {
        let known = endpoint.starts_with("http://") || endpoint.starts_with("https://");
        if !known {
            let profile = &journey.profile;
            let set = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];
            let variable = set.iter().find(|name| look.environment.get(name).is_some());
            let place = match variable {
                Some(name) => (*name).to_owned(),
                None => look.places.of_setting(profile, "endpoint_url"),
            };
            return Some((
                Exit::Usage,
                format!(
                    "{place}: the endpoint {endpoint:?} has no scheme; write http://{endpoint}"
                ),
            ));
        }
    }
    let calls_sts = journey.steps.len() > 1;
    if journey.region.is_none() && calls_sts {
        let profile = &journey.profile;
        return Some((
            Exit::Usage,
            format!("no region for STS: set AWS_REGION, or region in profile {profile:?}"),
        ));
    }
    None
}
