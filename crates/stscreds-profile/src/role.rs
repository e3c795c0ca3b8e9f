use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind};
use stscreds_provider::{ExternalId, RoleArn, SessionDuration, SessionName};
use stscreds_token::MfaSerial;

use super::profiles::Profile;
use crate::mistakes::Mistakes;

/// What a profile says about the session of a role.
#[derive(Debug)]
pub struct RoleSettings {
    pub role_arn: RoleArn,
    pub session_name: Option<SessionName>,
    pub external_id: Option<ExternalId>,
    pub mfa_serial: Option<MfaSerial>,
    pub duration: Option<SessionDuration>,
}

impl RoleSettings {
    /// The settings; `None` without a role. What is wrong with them is noted.
    pub fn of(name: &str, profile: &Profile, mistakes: &mut Mistakes) -> Option<Self> {
        let role_arn = profile.get("role_arn").unwrap_or_default();
        let role_arn = mistakes.note(parsed(profile.place_of(name, "role_arn"), role_arn));
        Self::with_arn(role_arn, name, profile, mistakes)
    }

    /// The other settings, for a role that was found elsewhere.
    pub fn with_arn(
        role_arn: Option<RoleArn>,
        name: &str,
        profile: &Profile,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        // As botocore has it: an empty name is unset.
        let session_name = match profile.get("role_session_name") {
            Some("") | None => None,
            Some(_) => mistakes.note(optional(name, profile, "role_session_name")).flatten(),
        };
        let external_id = mistakes.note(optional(name, profile, "external_id")).flatten();
        let mfa_serial = mistakes.note(optional(name, profile, "mfa_serial")).flatten();
        let duration = mistakes.note(duration(name, profile)).flatten();
        Some(Self { role_arn: role_arn?, session_name, external_id, mfa_serial, duration })
    }
}

/// A text parsed as what it must be; an error says at which place it stands.
pub fn parsed<T: FromStr<Err = Error>>(place: impl fmt::Display, text: &str) -> Result<T, Error> {
    text.parse().map_err(|error: Error| error.with_context(place))
}

pub fn refused(what: String) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, what)
}

fn optional<T: FromStr<Err = Error>>(
    name: &str,
    profile: &Profile,
    setting: &str,
) -> Result<Option<T>, Error> {
    profile.get(setting).map(|text| parsed(profile.place_of(name, setting), text)).transpose()
}

fn duration(name: &str, profile: &Profile) -> Result<Option<SessionDuration>, Error> {
    let setting = "duration_seconds";
    let Some(text) = profile.get(setting) else { return Ok(None) };
    let Ok(seconds) = text.parse() else {
        let place = profile.place_of(name, setting);
        return Err(refused(format!("{place}: not a number of seconds")));
    };
    let duration = SessionDuration::try_from(Duration::from_secs(seconds));
    duration.map(Some).map_err(|error| error.with_context(profile.place_of(name, setting)))
}
