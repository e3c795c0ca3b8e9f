use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind};
use stscreds_provider::{ExternalId, RoleArn, SessionDuration, SessionName};
use stscreds_token::MfaSerial;

use super::profiles::Profile;

/// What a profile says about the session of a role.
#[derive(Debug)]
pub(super) struct RoleSettings {
    pub(super) role_arn: RoleArn,
    pub(super) session_name: Option<SessionName>,
    pub(super) external_id: Option<ExternalId>,
    pub(super) mfa_serial: Option<MfaSerial>,
    pub(super) duration: Option<SessionDuration>,
}

impl RoleSettings {
    pub(super) fn of(name: &str, profile: &Profile) -> Result<Self, Error> {
        let role_arn = profile.get("role_arn").unwrap_or_default();
        Self::with_arn(parsed(setting_of(name, "role_arn"), role_arn)?, name, profile)
    }

    /// The other settings, for a role that was found elsewhere.
    pub(super) fn with_arn(
        role_arn: RoleArn,
        name: &str,
        profile: &Profile,
    ) -> Result<Self, Error> {
        Ok(Self {
            role_arn,
            session_name: optional(name, profile, "role_session_name")?,
            external_id: optional(name, profile, "external_id")?,
            mfa_serial: optional(name, profile, "mfa_serial")?,
            duration: duration(name, profile)?,
        })
    }
}

/// A text parsed as what it must be; an error says at which place it stands.
pub(super) fn parsed<T: FromStr<Err = Error>>(
    place: impl fmt::Display,
    text: &str,
) -> Result<T, Error> {
    text.parse().map_err(|error: Error| error.with_context(place))
}

/// The place of a setting of a profile.
pub(super) fn setting_of(profile: &str, setting: &str) -> String {
    format!("profile {profile:?}, {setting}")
}

pub(super) fn refused(what: String) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, what)
}

fn optional<T: FromStr<Err = Error>>(
    name: &str,
    profile: &Profile,
    setting: &str,
) -> Result<Option<T>, Error> {
    profile.get(setting).map(|text| parsed(setting_of(name, setting), text)).transpose()
}

fn duration(name: &str, profile: &Profile) -> Result<Option<SessionDuration>, Error> {
    let setting = "duration_seconds";
    let Some(text) = profile.get(setting) else { return Ok(None) };
    let Ok(seconds) = text.parse() else {
        return Err(refused(format!("{}: not a number of seconds", setting_of(name, setting))));
    };
    let duration = SessionDuration::try_from(Duration::from_secs(seconds));
    duration.map(Some).map_err(|error| error.with_context(setting_of(name, setting)))
}
