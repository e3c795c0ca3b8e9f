mod planner;
mod web_identity;

use stscreds_core::{Credentials, Error, ErrorKind, ProviderSource, SecretString};

use self::planner::{Planner, exported};
pub use self::web_identity::WebIdentityStep;
use super::keys::keys_of_environment;
use super::profiles::{Profile, Profiles};
use super::role::{RoleSettings, refused};
use crate::cli_cache::Sharing;
use crate::environment::Environment;
use crate::mistakes::Mistakes;

/// Where the credentials of a profile come from: one source, and the roles that are
/// assumed from there, the first first.
#[derive(Debug)]
pub struct Plan {
    pub base: Base,
    pub roles: Vec<RoleStep>,
}

#[derive(Debug)]
pub enum Base {
    Keys(Credentials),
    WebIdentity(WebIdentityStep),
    Process {
        profile: String,
        command: SecretString,
        account_id: Option<String>,
    },
    Named {
        profile: String,
        name: String,
    },
    /// What the program gave for this profile.
    Given {
        profile: String,
    },
}

#[derive(Debug)]
pub struct RoleStep {
    pub profile: String,
    pub settings: RoleSettings,
    /// How this profile came to the credentials that it assumes the role with.
    pub by: ProviderSource,
    /// Whether the AWS CLI can tell the session of this profile from those of others.
    pub sharing: Sharing,
}

/// Which profile, and who said so.
#[derive(Debug, Clone)]
pub enum Choice {
    /// The caller: keys and web identities of the environment do not count then.
    InCode(String),
    /// Whatever the environment says, `default` if that is nothing.
    OfEnvironment,
}

/// What a decision is made from.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "between our crates")]
pub struct Files<'a> {
    pub profiles: &'a Profiles,
    pub environment: &'a Environment,
    /// Whether the program gave a provider for the profile of this name.
    pub given: &'a dyn Fn(&str) -> bool,
}

/// Decides where credentials come from, in the order of botocore, and asks nobody.
///
/// `None` if they come from nowhere; everything that is wrong is noted.
pub fn plan(files: Files<'_>, choice: &Choice, mistakes: &mut Mistakes) -> Option<Plan> {
    let plan = planned(files, choice, mistakes);
    mistakes.note(plan)
}

fn planned(files: Files<'_>, choice: &Choice, mistakes: &mut Mistakes) -> Result<Plan, Error> {
    let Files { profiles, environment, given } = files;
    let name = chosen(environment, choice);
    let heard = match choice {
        Choice::InCode(_) => None,
        Choice::OfEnvironment => Some(environment),
    };
    if profiles.get(name).is_none() && !given(name) {
        return unknown_profile(name, files, heard, mistakes);
    }
    if let Some(keys) = heard.map(keys_of_environment).transpose()?.flatten() {
        return Ok(Plan { base: Base::Keys(keys), roles: Vec::new() });
    }
    if given(name) {
        let base = Base::Given { profile: name.to_owned() };
        return Ok(Plan { base, roles: Vec::new() });
    }
    let none = Profile::default();
    let profile = profiles.get(name).unwrap_or(&none);
    let planner = Planner { files };
    if profile.assumes_role() {
        return planner.roles_from(name, profile, mistakes);
    }
    match planner.base_of(name, heard, mistakes)? {
        Some(base) => Ok(Plan { base, roles: Vec::new() }),
        None => Err(no_credentials(name, &exported(profile))),
    }
}

impl Plan {
    /// Whether STS is called, so that its region and endpoint matter.
    pub fn calls_sts(&self) -> bool {
        !self.roles.is_empty() || matches!(self.base, Base::WebIdentity(_))
    }
}

/// The profile that is meant.
pub fn chosen<'a>(environment: &'a Environment, choice: &'a Choice) -> &'a str {
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
    files: Files<'_>,
    heard: Option<&Environment>,
    mistakes: &mut Mistakes,
) -> Result<Plan, Error> {
    let Files { profiles, .. } = files;
    if let Some(heard) = heard
        && heard.first_of(&["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]).is_none()
    {
        if let Some(keys) = keys_of_environment(heard)? {
            return Ok(Plan { base: Base::Keys(keys), roles: Vec::new() });
        }
        let planner = Planner { files };
        return match planner.base_of(name, Some(heard), mistakes)? {
            Some(base) => Ok(Plan { base, roles: Vec::new() }),
            None => Err(no_credentials(name, &profiles.hint_for(name))),
        };
    }
    let known: Vec<_> = profiles.names().collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let hint = profiles.hint_for(name);
    Err(refused(format!(
        "there is no profile {name:?}; the configuration files have: {known}{hint}"
    )))
}

fn no_credentials(name: &str, hint: &str) -> Error {
    let what = format!(
        "profile {name:?} has neither keys, nor a role with a source, nor a credential_process, \
         and the environment has no credentials{hint}"
    );
    Error::new(ErrorKind::NoCredentials, what)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::ProfileFile;

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

            let mut mistakes = Mistakes::default();
            let environment = Environment::default();
            let files =
                Files { profiles: &profiles, environment: &environment, given: &|_| false };
            let plan = plan(files, &choice, &mut mistakes);
            assert_eq!(mistakes.into_result().is_err(), plan.is_none());

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
