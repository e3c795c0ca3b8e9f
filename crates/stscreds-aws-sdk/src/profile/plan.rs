use std::path::PathBuf;

use stscreds_core::{Credentials, Error, ErrorKind, ProviderSource, SecretString};
use stscreds_provider::RoleArn;

use super::keys::{keys_of_environment, keys_of_profile};
use super::profiles::{Profile, Profiles};
use super::role::{RoleSettings, parsed, refused};
use crate::environment::Environment;

/// Where the credentials of a profile come from: one source, and the roles that are
/// assumed from there, the first first.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) base: Base,
    pub(super) roles: Vec<RoleStep>,
}

#[derive(Debug)]
pub(super) enum Base {
    Keys(Credentials),
    WebIdentity(WebIdentityStep),
    Process { profile: String, command: SecretString, account_id: Option<String> },
    Named { profile: String, name: String },
}

#[derive(Debug)]
pub(super) struct RoleStep {
    pub(super) profile: String,
    pub(super) settings: RoleSettings,
    /// How this profile came to the credentials that it assumes the role with.
    pub(super) by: ProviderSource,
}

#[derive(Debug)]
pub(super) struct WebIdentityStep {
    pub(super) settings: RoleSettings,
    pub(super) token_file: PathBuf,
    pub(super) origin: ProviderSource,
}

/// Which profile, and who said so.
#[derive(Debug, Clone)]
pub(super) enum Choice {
    /// The caller: keys and web identities of the environment do not count then.
    InCode(String),
    /// Whatever the environment says, `default` if that is nothing.
    OfEnvironment,
}

/// Decides where credentials come from, in the order of botocore, and asks nobody.
pub(super) fn plan(
    profiles: &Profiles,
    environment: &Environment,
    choice: &Choice,
) -> Result<Plan, Error> {
    let name = chosen(environment, choice);
    let heard = match choice {
        Choice::InCode(_) => None,
        Choice::OfEnvironment => Some(environment),
    };
    let Some(profile) = profiles.get(name) else {
        return unknown_profile(name, profiles, environment, heard);
    };
    if let Some(keys) = heard.map(keys_of_environment).transpose()?.flatten() {
        return Ok(Plan { base: Base::Keys(keys), roles: Vec::new() });
    }
    let planner = Planner { profiles, environment };
    if profile.assumes_role() {
        return planner.roles_from(name, profile);
    }
    match planner.base_of(name, heard)? {
        Some(base) => Ok(Plan { base, roles: Vec::new() }),
        None => Err(no_credentials(name)),
    }
}

/// The profile that is meant.
pub(super) fn chosen<'a>(environment: &'a Environment, choice: &'a Choice) -> &'a str {
    match choice {
        Choice::InCode(name) => name,
        // In this order in botocore.
        Choice::OfEnvironment => {
            environment.first_of(&["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]).unwrap_or("default")
        }
    }
}

/// Without any profile, the environment may be enough; but not if one was asked for.
fn unknown_profile(
    name: &str,
    profiles: &Profiles,
    environment: &Environment,
    heard: Option<&Environment>,
) -> Result<Plan, Error> {
    if let Some(heard) = heard
        && heard.first_of(&["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]).is_none()
    {
        if let Some(keys) = keys_of_environment(heard)? {
            return Ok(Plan { base: Base::Keys(keys), roles: Vec::new() });
        }
        let planner = Planner { profiles, environment };
        return match planner.base_of(name, Some(heard))? {
            Some(base) => Ok(Plan { base, roles: Vec::new() }),
            None => Err(no_credentials(name)),
        };
    }
    let known: Vec<_> = profiles.names().collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(refused(format!("there is no profile {name:?}; the configuration files have: {known}")))
}

fn no_credentials(name: &str) -> Error {
    let what = format!(
        "profile {name:?} has neither keys, nor a role with a source, nor a credential_process, \
         and the environment has no credentials"
    );
    Error::new(ErrorKind::NoCredentials, what)
}

struct Planner<'a> {
    profiles: &'a Profiles,
    environment: &'a Environment,
}

impl<'a> Planner<'a> {
    fn roles_from(&self, top: &'a str, profile: &'a Profile) -> Result<Plan, Error> {
        let mut path = vec![top];
        let mut roles = Vec::new();
        let (mut name, mut profile) = (top, profile);
        let base = loop {
            let settings = RoleSettings::of(name, profile)?;
            let step = |by| RoleStep { profile: name.to_owned(), settings, by };
            match (profile.get("source_profile"), profile.get("credential_source")) {
                (Some(_), Some(_)) => {
                    return Err(refused(format!(
                        "profile {name:?} has both source_profile and credential_source"
                    )));
                }
                (None, None) => {
                    return Err(refused(format!(
                        "profile {name:?} has a role_arn and neither source_profile nor \
                         credential_source"
                    )));
                }
                (None, Some(source)) => {
                    roles.push(step(ProviderSource::CredentialSource));
                    break self.named(name, source)?;
                }
                (Some(source), None) => {
                    let (source, from) = self.source_of(&path, name, source)?;
                    roles.push(step(ProviderSource::SourceProfile));
                    path.push(source);
                    if from.has_static_keys() || !from.assumes_role() {
                        break self.base_of(source, None)?.ok_or_else(|| {
                            refused(format!(
                                "profile {source:?}, the source_profile of {name:?}, has no \
                                 credentials"
                            ))
                        })?;
                    }
                    (name, profile) = (source, from);
                }
            }
        };
        roles.reverse();
        Ok(Plan { base, roles })
    }

    /// The source profile, if going there leads anywhere.
    fn source_of(
        &self,
        path: &[&str],
        name: &str,
        source: &'a str,
    ) -> Result<(&'a str, &'a Profile), Error> {
        let Some(profile) = self.profiles.get(source) else {
            return Err(refused(format!(
                "there is no profile {source:?}, the source_profile of {name:?}"
            )));
        };
        let comes_back = path.contains(&source);
        // A profile may be its own source for keys that stand beside its role.
        if comes_back && !(source == name && profile.has_static_keys()) {
            let path: Vec<_> = path.iter().chain([&source]).copied().collect();
            let hint = if source == name { ", and it has no keys of its own" } else { "" };
            return Err(refused(format!(
                "the source_profile of {name:?} leads in a loop: {}{hint}",
                path.join(" -> ")
            )));
        }
        Ok((source, profile))
    }

    fn named(&self, profile: &str, name: &str) -> Result<Base, Error> {
        if name != "Environment" {
            return Ok(Base::Named { profile: profile.to_owned(), name: name.to_owned() });
        }
        match keys_of_environment(self.environment)? {
            Some(keys) => Ok(Base::Keys(keys)),
            None => Err(Error::new(
                ErrorKind::NoCredentials,
                format!(
                    "the credential_source of profile {profile:?} is Environment, and \
                     AWS_ACCESS_KEY_ID is not set"
                ),
            )),
        }
    }

    /// What is not a role assumed from elsewhere, in the order of botocore.
    fn base_of(&self, name: &str, heard: Option<&Environment>) -> Result<Option<Base>, Error> {
        let none = Profile::default();
        let profile = self.profiles.get(name).unwrap_or(&none);
        if let Some(step) = web_identity(name, profile, heard)? {
            return Ok(Some(Base::WebIdentity(step)));
        }
        if profile.has("sso_account_id") || profile.has("sso_role_name") {
            return Err(elsewhere(name, "IAM Identity Center (sso_..)"));
        }
        if let Some(keys) = keys_of_profile(name, self.profiles.in_credentials_file(name))? {
            return Ok(Some(Base::Keys(keys)));
        }
        if profile.has("login_session") {
            return Err(elsewhere(name, "the console (login_session)"));
        }
        if let Some(command) = profile.get("credential_process") {
            return Ok(Some(Base::Process {
                profile: name.to_owned(),
                command: command.into(),
                account_id: profile.get("aws_account_id").map(str::to_owned),
            }));
        }
        Ok(keys_of_profile(name, self.profiles.in_config_file(name))?.map(Base::Keys))
    }
}

impl Profile {
    /// A role to be assumed with other credentials, rather than with a token.
    fn assumes_role(&self) -> bool {
        self.has("role_arn") && !self.has("web_identity_token_file")
    }

    fn has_static_keys(&self) -> bool {
        self.has("aws_access_key_id") || self.has("aws_secret_access_key")
    }
}

fn web_identity(
    name: &str,
    profile: &Profile,
    heard: Option<&Environment>,
) -> Result<Option<WebIdentityStep>, Error> {
    let of_environment = |variable| heard.and_then(|environment| environment.get(variable));
    let in_environment = of_environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    let in_profile = profile.get("web_identity_token_file").filter(|path| !path.is_empty());
    let Some(token_file) = in_environment.or(in_profile) else { return Ok(None) };

    let role_arn = of_environment("AWS_ROLE_ARN").or(profile.get("role_arn"));
    let Some(role_arn) = role_arn.filter(|arn| !arn.is_empty()) else {
        return Err(refused(match in_environment {
            Some(_) => "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not".to_owned(),
            None => format!("profile {name:?} has a web_identity_token_file and no role_arn"),
        }));
    };
    let role_arn: RoleArn = parsed(name, "role_arn", role_arn)?;
    let mut settings = RoleSettings::with_arn(role_arn, name, profile)?;
    if let Some(session) = of_environment("AWS_ROLE_SESSION_NAME") {
        settings.session_name = Some(parsed("environment", "AWS_ROLE_SESSION_NAME", session)?);
    }
    let origin = match in_environment {
        Some(_) => ProviderSource::EnvironmentWebIdentity,
        None => ProviderSource::ProfileWebIdentity,
    };
    Ok(Some(WebIdentityStep { settings, token_file: token_file.into(), origin }))
}

fn elsewhere(name: &str, sign_in: &str) -> Error {
    refused(format!(
        "profile {name:?} signs in through {sign_in}, which this loader does not do; give the \
         AWS SDK's provider as an SdkSource instead"
    ))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::profile::ProfileFile;

    /// What a profile is made of here: a role and its source, and keys.
    type Shape = (Option<usize>, bool);

    fn file_of(shapes: &[Shape]) -> String {
        let mut text = String::new();
        for (number, (source, keys)) in shapes.iter().enumerate() {
            text.push_str(&format!("[profile p{number}]\n"));
            if let Some(source) = source {
                text.push_str(&format!(
                    "role_arn = arn:aws:iam::111122223333:role/r{number}\nsource_profile = p{source}\n"
                ));
            }
            if *keys {
                text.push_str(&format!(
                    "aws_access_key_id = AKIA{number}\naws_secret_access_key = s\n"
                ));
            }
        }
        text
    }

    /// The roles in the order in which they are met and the key at the end, by walking
    /// on until something was seen before.
    fn naive(shapes: &[Shape]) -> Option<(Vec<usize>, usize)> {
        let (mut at, mut roles) = (0, Vec::new());
        loop {
            let (source, keys) = shapes.get(at)?;
            // Keys end a chain, but not at its very beginning.
            if *keys && (!roles.is_empty() || source.is_none()) {
                return Some((roles, at));
            }
            let source = (*source)?;
            if source != at && roles.contains(&source) {
                return None;
            }
            roles.push(at);
            if source == at && !keys {
                return None;
            }
            at = source;
        }
    }

    proptest! {
        #[test]
        fn whatever_profiles_point_at_the_plan_is_that_of_a_naive_walk(
            shapes in vec((option::weighted(0.8, 0..7_usize), any::<bool>()), 1..7),
        ) {
            let file = ProfileFile::new("config", file_of(&shapes));
            let profiles = Profiles::parse(Some(&file), None).unwrap();
            let choice = Choice::InCode("p0".to_owned());

            let plan = plan(&profiles, &Environment::default(), &choice).ok();

            let found = plan.map(|plan| {
                let roles: Vec<_> = plan.roles.iter().rev().map(|r| r.profile.clone()).collect();
                let Base::Keys(keys) = plan.base else { panic!("only keys can be at the end") };
                (roles, keys.access_key_id().to_owned())
            });
            let expected = naive(&shapes).map(|(roles, end)| {
                (roles.iter().map(|r| format!("p{r}")).collect(), format!("AKIA{end}"))
            });
            assert_eq!(found, expected);
        }
    }
}
