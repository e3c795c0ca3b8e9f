use std::path::PathBuf;

use stscreds::Credentials;
use stscreds::aws_sdk::{OutlineBase, OutlineRole, Profiles};
use stscreds::core::{SecretString, SessionKey, SessionKeyBuilder};
use stscreds::provider::{
    ExternalId, PolicyArns, RoleArn, SessionDuration, SessionName, SessionPolicy, SessionTag,
    SessionTags, SourceIdentity, UserSessionDuration,
};
use stscreds::token::MfaSerial;

use crate::failure::Failure;

/// One hop on the way to credentials.
#[derive(Debug)]
pub(crate) enum Step {
    Base(BaseStep),
    /// `GetSessionToken`, with an MFA code if the user has a device.
    User(UserStep),
    Role(RoleStep),
}

#[derive(Debug)]
pub(crate) enum BaseStep {
    Keys(Credentials),
    /// A program prints them; the profile's provider runs it.
    Process {
        profile: String,
        command: SecretString,
    },
    /// A role with a token in a file.
    WebIdentity {
        role_arn: RoleArn,
        session_name: Option<SessionName>,
        duration: Option<SessionDuration>,
        token_file: PathBuf,
    },
    /// The machine's own: an instance or a container.
    Named {
        name: String,
    },
}

#[derive(Debug)]
pub(crate) struct UserStep {
    pub(crate) serial: Option<MfaSerial>,
    pub(crate) duration: Option<UserSessionDuration>,
}

#[derive(Debug)]
pub(crate) struct RoleStep {
    pub(crate) profile: String,
    pub(crate) role_arn: RoleArn,
    pub(crate) session_name: Option<SessionName>,
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) mfa_serial: Option<MfaSerial>,
    pub(crate) duration: Option<SessionDuration>,
    pub(crate) policy: Option<SessionPolicy>,
    pub(crate) policy_arns: Option<PolicyArns>,
    pub(crate) tags: Option<SessionTags>,
    pub(crate) source_identity: Option<SourceIdentity>,
}

impl BaseStep {
    pub(super) fn of(base: &OutlineBase) -> Self {
        match base {
            OutlineBase::Keys(keys) => Self::Keys(keys.clone()),
            OutlineBase::WebIdentity { role, token_file } => Self::WebIdentity {
                duration: role.duration,
                role_arn: role.role_arn.clone(),
                session_name: role.session_name.clone(),
                token_file: token_file.clone(),
            },
            OutlineBase::Process { profile, command } => {
                Self::Process { profile: profile.clone(), command: command.clone() }
            }
            OutlineBase::Named { name, .. } => Self::Named { name: name.clone() },
            _ => Self::Named { name: "unknown".to_owned() },
        }
    }
}

impl BaseStep {
    fn parts_of_key(&self, key: SessionKeyBuilder) -> SessionKeyBuilder {
        match self {
            // With the secret: who knows the id alone gets no session of it.
            Self::Keys(keys) => key
                .part("AccessKeyId", keys.access_key_id())
                .part("SecretAccessKey", keys.secret_access_key().expose()),
            Self::Process { profile, command } => {
                key.part("Profile", profile).part("Command", command.expose())
            }
            Self::WebIdentity { role_arn, session_name, duration, token_file } => key
                .part("RoleArn", role_arn.as_str())
                .optional("RoleSessionName", session_name.as_ref().map(SessionName::as_str))
                .optional("DurationSeconds", duration.map(|d| d.as_secs().to_string()))
                .part("TokenFile", token_file.to_string_lossy().as_bytes()),
            Self::Named { name } => key.part("Name", name),
        }
    }
}

impl Step {
    /// The identity of the session that this step yields: everything that changes what
    /// STS grants. A session whose profile was edited has another key, so the old one is
    /// never served.
    pub(super) fn key(
        &self,
        before: Option<SessionKey>,
        region: Option<&str>,
        endpoint: Option<&str>,
    ) -> SessionKey {
        let builder = SessionKey::builder(self.kind())
            .part("Form", FORM)
            .optional("Source", before.map(|key| *key.as_bytes()))
            .optional("Region", region)
            .optional("Endpoint", endpoint);
        match self {
            Self::Base(base) => base.parts_of_key(builder),
            Self::User(UserStep { serial, .. }) => {
                builder.optional("SerialNumber", serial.as_ref().map(MfaSerial::as_str))
            }
            Self::Role(role) => role.parts_of_key(builder),
        }
        .build()
    }

    /// What `list` and `explain` call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Base(BaseStep::Keys(_)) => "keys",
            Self::Base(BaseStep::Process { .. }) => "process",
            Self::Base(BaseStep::WebIdentity { .. }) => "web identity",
            Self::Base(BaseStep::Named { .. }) => "machine",
            Self::User(UserStep { serial: Some(_), .. }) => "mfa session",
            Self::User(UserStep { serial: None, .. }) => "session",
            Self::Role(_) => "role",
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Base(BaseStep::Keys(keys)) => keys.access_key_id().to_owned(),
            Self::Base(BaseStep::Process { profile, .. }) => profile.clone(),
            Self::Base(BaseStep::WebIdentity { role_arn, .. }) => role_arn.as_str().to_owned(),
            Self::Base(BaseStep::Named { name }) => name.clone(),
            Self::User(UserStep { serial: Some(serial), .. }) => serial.as_str().to_owned(),
            Self::User(UserStep { serial: None, .. }) => "GetSessionToken".to_owned(),
            Self::Role(role) => role.role_arn.as_str().to_owned(),
        }
    }

    /// The device whose code this step sends.
    pub(crate) fn device(&self) -> Option<&MfaSerial> {
        match self {
            Self::Base(_) => None,
            Self::User(user) => user.serial.as_ref(),
            Self::Role(role) => role.mfa_serial.as_ref(),
        }
    }
}

impl RoleStep {
    pub(super) fn of(role: &OutlineRole) -> Self {
        Self {
            profile: role.profile.clone(),
            role_arn: role.role_arn.clone(),
            session_name: role.session_name.clone(),
            external_id: role.external_id.clone(),
            mfa_serial: role.mfa_serial.clone(),
            duration: role.duration,
            policy: None,
            policy_arns: None,
            tags: None,
            source_identity: None,
        }
    }

    pub(super) fn bare(profile: &str, role_arn: RoleArn) -> Self {
        Self {
            profile: profile.to_owned(),
            role_arn,
            session_name: None,
            external_id: None,
            mfa_serial: None,
            duration: None,
            policy: None,
            policy_arns: None,
            tags: None,
            source_identity: None,
        }
    }

    /// `session_tags = a=b,c=d`, `transitive_session_tags = a` and `source_identity` of
    /// the profile, as aws-vault has them.
    pub(super) fn read_tags(&mut self, profiles: &Profiles) -> Result<(), Failure> {
        let setting = |name| profiles.setting(&self.profile, name).filter(|text| !text.is_empty());
        let list = |name| setting(name).into_iter().flat_map(|text| text.split(','));
        let tags: Vec<_> = list("session_tags").map(|tag| tag.trim().to_owned()).collect();
        let transitive: Vec<_> =
            list("transitive_session_tags").map(|key| key.trim().to_owned()).collect();
        if !tags.is_empty() {
            let place = format!("profile {:?}, session_tags", self.profile);
            self.tags = Some(session_tags(&place, &tags, &transitive)?);
        }
        self.source_identity = setting("source_identity").map(str::parse).transpose()?;
        Ok(())
    }

    /// Whether STS grants it to a session of `GetSessionToken`: an hour at most.
    pub(super) fn fits_a_session(&self) -> bool {
        self.duration.is_none_or(|duration| duration.as_secs() <= 3600)
    }

    fn parts_of_key(&self, key: SessionKeyBuilder) -> SessionKeyBuilder {
        let mut key = key
            .part("RoleArn", self.role_arn.as_str())
            .optional("RoleSessionName", self.session_name.as_ref().map(SessionName::as_str))
            .optional("ExternalId", self.external_id.as_ref().map(ExternalId::expose))
            .optional("SerialNumber", self.mfa_serial.as_ref().map(MfaSerial::as_str))
            .optional("DurationSeconds", self.duration.map(|d| d.as_secs().to_string()))
            .optional("Policy", self.policy.as_ref().map(SessionPolicy::as_str))
            .optional("SourceIdentity", self.source_identity.as_ref().map(SourceIdentity::as_str));
        for arn in self.policy_arns.iter().flat_map(PolicyArns::iter) {
            key = key.part("PolicyArn", arn);
        }
        for tag in self.tags.iter().flat_map(SessionTags::iter) {
            let kind = if tag.is_transitive() { "TransitiveTag" } else { "Tag" };
            key = key.part(kind, tag.key()).part("Value", tag.value());
        }
        key
    }
}

/// Of the files: a version of the program that writes another form has other keys.
const FORM: &str = "1";

/// Tags of the form `key=value`.
pub(super) fn session_tags(
    place: &str,
    tags: &[String],
    transitive: &[String],
) -> Result<SessionTags, Failure> {
    let mut parsed = Vec::new();
    for tag in tags {
        let Some((key, value)) = tag.split_once('=') else {
            return Err(Failure::usage(format!("{place}: {tag:?} is not of the form key=value")));
        };
        let tag = SessionTag::new(key, value)?;
        let inherited = transitive.iter().any(|name| name.eq_ignore_ascii_case(key));
        parsed.push(if inherited { tag.transitive() } else { tag });
    }
    let has = |name: &String| parsed.iter().any(|tag| tag.key().eq_ignore_ascii_case(name));
    if let Some(name) = transitive.iter().find(|name| !has(name)) {
        return Err(Failure::usage(format!("{place}: the transitive key {name:?} has no tag")));
    }
    Ok(SessionTags::new(parsed)?)
}
