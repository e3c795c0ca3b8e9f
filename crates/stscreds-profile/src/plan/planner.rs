use stscreds_core::{Error, ErrorKind, ProviderSource};

use super::web_identity::web_identity;
use super::{Base, Files, Plan, RoleStep};
use crate::cli_cache::Sharing;
use crate::environment::Environment;
use crate::keys::{keys_of_environment, keys_of_profile};
use crate::mistakes::Mistakes;
use crate::profiles::Profile;
use crate::role::{RoleSettings, refused};

/// Walks from profile to profile.
pub(super) struct Planner<'a> {
    pub(super) files: Files<'a>,
}

impl<'a> Planner<'a> {
    /// `Err` for what leads nowhere; what is wrong on a way that leads somewhere is noted.
    pub(super) fn roles_from(
        &self,
        top: &'a str,
        profile: &'a Profile,
        mistakes: &mut Mistakes,
    ) -> Result<Plan, Error> {
        let mut path = vec![top];
        let mut roles = Vec::new();
        let (mut name, mut profile) = (top, profile);
        let base = loop {
            let settings = RoleSettings::of(name, profile, mistakes);
            let sharing = self.sharing(name, profile);
            let step =
                |by| Some(RoleStep { profile: name.to_owned(), settings: settings?, by, sharing });
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
                    roles.extend(step(ProviderSource::CredentialSource));
                    break self.named(name, source)?;
                }
                (Some(source), None) => {
                    if (self.files.given)(source) {
                        roles.extend(step(ProviderSource::SourceProfile));
                        break Base::Given { profile: source.to_owned() };
                    }
                    let (source, from) = self.source_of(&path, name, source)?;
                    roles.extend(step(ProviderSource::SourceProfile));
                    path.push(source);
                    if from.has_static_keys() || !from.assumes_role() {
                        break self.base_of(source, None, mistakes)?.ok_or_else(|| {
                            refused(format!(
                                "profile {source:?}, the source_profile of {name:?}, has no \
                                 credentials{}",
                                exported(from)
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

    /// The AWS CLI names a session on disk by the parameters of the call, not by who signs
    /// it: profiles that assume one role by different sources have one file there.
    fn sharing(&self, name: &str, profile: &Profile) -> Sharing {
        let same = |setting: &str, other: &Profile| profile.get(setting) == other.get(setting);
        let others = self.files.profiles.names().filter(|other| *other != name);
        let told_apart = others.filter_map(|other| self.files.profiles.get(other)).all(|other| {
            !same("role_arn", other) || SIGNERS.iter().all(|setting| same(setting, other))
        });
        // The signer of a credential_source is another one in another environment.
        if told_apart && !profile.has("credential_source") {
            Sharing::WithCli
        } else {
            Sharing::Apart
        }
    }

    /// The source profile, if going there leads anywhere.
    fn source_of(
        &self,
        path: &[&str],
        name: &str,
        source: &'a str,
    ) -> Result<(&'a str, &'a Profile), Error> {
        let Some(profile) = self.files.profiles.get(source) else {
            return Err(refused(format!(
                "there is no profile {source:?}, the source_profile of {name:?}{}",
                self.files.profiles.hint_for(source)
            )));
        };
        if path.len() > MAX_ROLES {
            return Err(refused(format!(
                "the chain of roles that leads to profile {name:?} has more than {MAX_ROLES}"
            )));
        }
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
        match keys_of_environment(self.files.environment)? {
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
    pub(super) fn base_of(
        &self,
        name: &str,
        heard: Option<&Environment>,
        mistakes: &mut Mistakes,
    ) -> Result<Option<Base>, Error> {
        let none = Profile::default();
        let profile = self.files.profiles.get(name).unwrap_or(&none);
        if let Some(step) = web_identity(name, profile, heard, mistakes)? {
            return Ok(Some(Base::WebIdentity(step)));
        }
        if ["sso_session", "sso_account_id", "sso_role_name"].iter().any(|s| profile.has(s)) {
            return Err(elsewhere(name, "IAM Identity Center (sso_..)"));
        }
        if let Some(keys) = keys_of_profile(name, self.files.profiles.in_credentials_file(name))? {
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
        Ok(keys_of_profile(name, self.files.profiles.in_config_file(name))?.map(Base::Keys))
    }
}

impl Profile {
    /// A role to be assumed with other credentials, rather than with a token.
    pub(super) fn assumes_role(&self) -> bool {
        self.has("role_arn") && !self.has("web_identity_token_file")
    }

    fn has_static_keys(&self) -> bool {
        self.has("aws_access_key_id") || self.has("aws_secret_access_key")
    }
}

/// That the profile is a shell script, if it is.
pub(super) fn exported(profile: &Profile) -> String {
    let hint = |name| format!("; it has a setting {name:?}: remove `export`");
    profile.exported().map(hint).unwrap_or_default()
}

fn elsewhere(name: &str, sign_in: &str) -> Error {
    refused(format!(
        "profile {name:?} signs in through {sign_in}, which this loader does not do; give it the \
         AWS SDK's provider: profile_source({name:?}, SdkSource::new(..))"
    ))
}

/// Which settings decide who signs a call, and where it goes.
const SIGNERS: [&str; 4] = ["source_profile", "credential_source", "endpoint_url", "services"];

/// Ten times what anybody has been seen to chain. Each role is a provider within a cache
/// within a provider, and too many of them would exhaust the stack when they are dropped.
const MAX_ROLES: usize = 100;
