use std::path::PathBuf;

use stscreds_core::{Error, ProviderSource};
use stscreds_provider::RoleArn;

use crate::environment::Environment;
use crate::inlet::Field;
use crate::mistakes::Mistakes;
use crate::profiles::Profile;
use crate::role::{RoleSettings, parsed, refused};

/// A role that is assumed with a token in a file.
#[derive(Debug)]
pub struct WebIdentityStep {
    pub settings: RoleSettings,
    pub token_file: PathBuf,
    pub origin: ProviderSource,
}

/// The web identity of an environment, if one is heard, or of a profile; each setting of
/// the environment wins.
pub(super) fn web_identity(
    name: &str,
    profile: &Profile,
    heard: Option<&Environment>,
    mistakes: &mut Mistakes,
) -> Result<Option<WebIdentityStep>, Error> {
    let of_environment = |variable| heard.and_then(|environment| environment.get(variable));
    let in_environment = of_environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    let in_profile = profile.get("web_identity_token_file").filter(|path| !path.is_empty());
    let Some(token_file) = in_environment.or(in_profile) else { return Ok(None) };

    let arn_in_profile = profile.get("role_arn").filter(|arn| !arn.is_empty());
    let role_arn: Option<RoleArn> = match (of_environment("AWS_ROLE_ARN"), arn_in_profile) {
        (Some(arn), _) => mistakes.note(parsed("environment, AWS_ROLE_ARN", arn)),
        (None, Some(arn)) => mistakes.note(parsed(profile.place_of(name, "role_arn"), arn)),
        (None, None) => {
            return Err(refused(match in_environment {
                Some(_) => "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not".to_owned(),
                None => format!("profile {name:?} has a web_identity_token_file and no role_arn"),
            }));
        }
    };
    let place = match in_environment {
        Some(_) => "environment, AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(),
        None => profile.place_of(name, "web_identity_token_file"),
    };
    let token_file = mistakes.note(Field::Line.read(place, token_file));
    let session = of_environment("AWS_ROLE_SESSION_NAME");
    let session = session.map(|name| parsed("environment, AWS_ROLE_SESSION_NAME", name));
    let session = session.and_then(|session| mistakes.note(session));
    let settings = RoleSettings::with_arn(role_arn, name, profile, mistakes);
    let (Some(mut settings), Some(token_file)) = (settings, token_file) else {
        return mistakes.take_last().map_or(Ok(None), Err);
    };
    if session.is_some() {
        settings.session_name = session;
    }
    let origin = match in_environment {
        Some(_) => ProviderSource::EnvironmentWebIdentity,
        None => ProviderSource::ProfileWebIdentity,
    };
    Ok(Some(WebIdentityStep { settings, token_file: token_file.into(), origin }))
}
