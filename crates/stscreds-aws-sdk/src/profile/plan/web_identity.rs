use std::path::PathBuf;

use stscreds_core::{Error, ProviderSource};
use stscreds_provider::RoleArn;

use crate::environment::Environment;
use crate::profile::profiles::Profile;
use crate::profile::role::{RoleSettings, parsed, refused, setting_of};

/// A role that is assumed with a token in a file.
#[derive(Debug)]
pub(in crate::profile) struct WebIdentityStep {
    pub(in crate::profile) settings: RoleSettings,
    pub(in crate::profile) token_file: PathBuf,
    pub(in crate::profile) origin: ProviderSource,
}

/// The web identity of an environment, if one is heard, or of a profile; each setting of
/// the environment wins.
pub(super) fn web_identity(
    name: &str,
    profile: &Profile,
    heard: Option<&Environment>,
) -> Result<Option<WebIdentityStep>, Error> {
    let of_environment = |variable| heard.and_then(|environment| environment.get(variable));
    let in_environment = of_environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    let in_profile = profile.get("web_identity_token_file").filter(|path| !path.is_empty());
    let Some(token_file) = in_environment.or(in_profile) else { return Ok(None) };

    let arn_in_profile = profile.get("role_arn").filter(|arn| !arn.is_empty());
    let role_arn: RoleArn = match (of_environment("AWS_ROLE_ARN"), arn_in_profile) {
        (Some(arn), _) => parsed("environment, AWS_ROLE_ARN", arn)?,
        (None, Some(arn)) => parsed(setting_of(name, "role_arn"), arn)?,
        (None, None) => {
            return Err(refused(match in_environment {
                Some(_) => "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not".to_owned(),
                None => format!("profile {name:?} has a web_identity_token_file and no role_arn"),
            }));
        }
    };
    let mut settings = RoleSettings::with_arn(role_arn, name, profile)?;
    if let Some(session) = of_environment("AWS_ROLE_SESSION_NAME") {
        settings.session_name = Some(parsed("environment, AWS_ROLE_SESSION_NAME", session)?);
    }
    let origin = match in_environment {
        Some(_) => ProviderSource::EnvironmentWebIdentity,
        None => ProviderSource::ProfileWebIdentity,
    };
    Ok(Some(WebIdentityStep { settings, token_file: token_file.into(), origin }))
}
