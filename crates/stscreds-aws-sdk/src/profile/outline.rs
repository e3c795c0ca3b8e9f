use std::path::PathBuf;

use stscreds_core::{Credentials, SecretString};
use stscreds_profile::plan::{Base, Plan, RoleStep, WebIdentityStep};
use stscreds_profile::role::RoleSettings;
use stscreds_provider::{ExternalId, RoleArn, SessionDuration, SessionName};
use stscreds_token::MfaSerial;

/// How a profile leads to credentials: one source, and the roles assumed from there.
///
/// Made by [`ProfileLoader::outline`](crate::ProfileLoader::outline) for programs that
/// cache each hop themselves, or explain a profile. Nothing is contacted and no program
/// is run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outline {
    /// The name of the profile.
    pub profile: String,
    /// Where the first credentials come from.
    pub base: OutlineBase,
    /// The roles, in the order in which they are assumed.
    pub roles: Vec<OutlineRole>,
    /// The region of STS; `None` if neither environment nor profile has one.
    pub region: Option<String>,
    /// The endpoint of STS; `None` for that of the region.
    pub endpoint: Option<String>,
}

/// Where the first credentials of a profile come from.
#[derive(Debug)]
#[non_exhaustive]
pub enum OutlineBase {
    /// Keys in a file or in the environment.
    Keys(Credentials),
    /// A role assumed with a token in a file.
    WebIdentity {
        /// The role.
        role: OutlineRole,
        /// The file with the token.
        token_file: PathBuf,
    },
    /// The output of a program.
    Process {
        /// The profile whose `credential_process` it is.
        profile: String,
        /// The command, which may hold a password.
        command: SecretString,
    },
    /// A `credential_source` other than `Environment`.
    Named {
        /// The profile that names it.
        profile: String,
        /// Its name.
        name: String,
    },
    /// What the program gave for a profile.
    Given {
        /// The profile.
        profile: String,
    },
}

/// A role and what its profile says about the session.
#[derive(Debug)]
#[non_exhaustive]
pub struct OutlineRole {
    /// The profile that has the `role_arn`; empty for a role of the environment.
    pub profile: String,
    /// `role_arn`.
    pub role_arn: RoleArn,
    /// `role_session_name`.
    pub session_name: Option<SessionName>,
    /// `external_id`.
    pub external_id: Option<ExternalId>,
    /// `mfa_serial`.
    pub mfa_serial: Option<MfaSerial>,
    /// `duration_seconds`.
    pub duration: Option<SessionDuration>,
}

impl Outline {
    pub(super) fn of(
        profile: &str,
        plan: Plan,
        region: Option<&str>,
        endpoint: Option<&str>,
    ) -> Self {
        let base = match plan.base {
            Base::Keys(keys) => OutlineBase::Keys(keys),
            Base::Process { profile, command, .. } => OutlineBase::Process { profile, command },
            Base::Named { profile, name } => OutlineBase::Named { profile, name },
            Base::Given { profile } => OutlineBase::Given { profile },
            Base::WebIdentity(WebIdentityStep { settings, token_file, .. }) => {
                let role = OutlineRole::of(profile.to_owned(), settings);
                OutlineBase::WebIdentity { role, token_file }
            }
        };
        let role = |RoleStep { profile, settings, .. }| OutlineRole::of(profile, settings);
        Self {
            profile: profile.to_owned(),
            base,
            roles: plan.roles.into_iter().map(role).collect(),
            region: region.map(str::to_owned),
            endpoint: endpoint.map(str::to_owned),
        }
    }
}

impl OutlineRole {
    fn of(profile: String, settings: RoleSettings) -> Self {
        let RoleSettings { role_arn, session_name, external_id, mfa_serial, duration } = settings;
        Self { profile, role_arn, session_name, external_id, mfa_serial, duration }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Environment, ProfileFile, ProfileLoader, Profiles};

    #[test]
    fn an_outline_has_the_source_and_every_hop_in_order() {
        let text = "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = b\n\
                    region = eu-west-1\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\n\
                    endpoint_url = http://localhost:1\n\
                    [profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\nsource_profile = c\n\
                    [profile c]\ncredential_process = helper secret\n";
        let profiles = Profiles::parse(Some(&ProfileFile::new("config", text)), None).unwrap();
        assert_eq!(profiles.setting("a", "region"), Some("eu-west-1"));

        let loader = ProfileLoader::new(profiles, Environment::default()).profile("a");
        let outline = loader.outline().unwrap();

        let roles: Vec<_> = outline.roles.iter().map(|role| role.role_arn.as_str()).collect();
        assert_eq!(roles, ["arn:aws:iam::111122223333:role/b", "arn:aws:iam::111122223333:role/a"]);
        assert!(outline.roles[1].mfa_serial.is_some() && outline.roles[0].mfa_serial.is_none());
        let OutlineBase::Process { profile, .. } = &outline.base else { panic!("{outline:?}") };
        assert_eq!(profile, "c");
        assert_eq!(outline.region.as_deref(), Some("eu-west-1"));
        assert_eq!(outline.endpoint.as_deref(), Some("http://localhost:1"));
        assert!(!format!("{outline:?}").contains("secret"), "{outline:?}");
    }
}
