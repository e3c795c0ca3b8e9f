use stscreds_core::{Credentials, Error, ProviderSource};

use super::profiles::Profile;
use super::role::refused;
use crate::environment::Environment;
use crate::inlet::Field;
use crate::iso_time::parse_time;

/// The keys in environment variables; `None` if there is no access key id.
pub(super) fn keys_of_environment(environment: &Environment) -> Result<Option<Credentials>, Error> {
    let Some(id) = environment.get("AWS_ACCESS_KEY_ID") else { return Ok(None) };
    let Some(secret) = environment.get("AWS_SECRET_ACCESS_KEY") else {
        let what = "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not";
        return Err(refused(what.to_owned()));
    };
    let id = Field::KeyId.read("environment, AWS_ACCESS_KEY_ID", id)?;
    let secret = Field::Secret.read("environment, AWS_SECRET_ACCESS_KEY", secret)?;
    let mut keys = Credentials::builder(id, secret)
        .provider_name("Environment")
        .provider_sources([ProviderSource::Environment]);
    for variable in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"] {
        // The older name wins, as in botocore.
        if let Some(token) = environment.get(variable) {
            let place = format_args!("environment, {variable}");
            keys = keys.session_token(Field::Token.read(place, token)?);
        }
    }
    if let Some(expiry) = environment.get("AWS_CREDENTIAL_EXPIRATION") {
        let what = || "AWS_CREDENTIAL_EXPIRATION is not a time of the form 2026-07-13T12:00:00Z";
        keys = keys.expires_at(parse_time(expiry).ok_or_else(|| refused(what().to_owned()))?);
    }
    if let Some(account) = environment.get("AWS_ACCOUNT_ID") {
        let place = "environment, AWS_ACCOUNT_ID";
        keys = keys.account_id(Field::Line.read(place, account)?);
    }
    Ok(Some(keys.build()))
}

/// The keys of a profile as one file has it; `None` if it has no access key id.
pub(super) fn keys_of_profile(
    name: &str,
    profile: Option<&Profile>,
) -> Result<Option<Credentials>, Error> {
    let Some(profile) = profile.filter(|profile| profile.has("aws_access_key_id")) else {
        return Ok(None);
    };
    let required = |setting: &str| match profile.get(setting) {
        Some("") => Err(refused(format!("profile {name:?} has an empty {setting}"))),
        Some(text) => Ok(text),
        None => Err(refused(format!("profile {name:?} has aws_access_key_id and no {setting}"))),
    };
    let read =
        |field: Field, setting: &str, text| field.read(profile.place_of(name, setting), text);
    let id = required("aws_access_key_id")?;
    let id = read(Field::KeyId, "aws_access_key_id", id)?;
    let secret = required("aws_secret_access_key")?;
    let secret = read(Field::Secret, "aws_secret_access_key", secret)?;
    let mut keys = Credentials::builder(id, secret)
        .provider_name("Profile")
        .provider_sources([ProviderSource::Profile]);
    let tokens = ["aws_security_token", "aws_session_token"];
    if let Some(setting) = tokens.into_iter().find(|setting| profile.has(setting)) {
        let token = profile.get(setting).unwrap_or_default();
        let token = read(Field::Token, setting, token)?;
        if !token.is_empty() {
            keys = keys.session_token(token);
        }
    }
    // As tools that write temporary keys into the file name it; the first that is there counts.
    if let Some(setting) = EXPIRY_SETTINGS.into_iter().find(|setting| profile.has(setting)) {
        let place = profile.place_of(name, setting);
        let what = format!("{place}: not a time with a zone, such as 2026-07-13T12:00:00Z");
        let expiry = parse_time(profile.get(setting).unwrap_or_default());
        keys = keys.expires_at(expiry.ok_or_else(|| refused(what))?);
    }
    if let Some(account) = profile.get("aws_account_id") {
        keys = keys.account_id(read(Field::Line, "aws_account_id", account)?);
    }
    Ok(Some(keys.build()))
}

/// Names that several tools have for it.
const EXPIRY_SETTINGS: [&str; 3] =
    ["aws_credential_expiration", "aws_session_expiration", "x_security_token_expires"];

#[cfg(test)]
mod tests {
    use stscreds_core::{ErrorKind, Timestamp};

    use super::*;
    use crate::ProfileFile;
    use crate::profiles::Profiles;

    fn of_environment(further: &[(&str, &str)]) -> Result<Credentials, Error> {
        let keys = [("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "planted")];
        let environment = keys.iter().chain(further).copied().collect();
        keys_of_environment(&environment).map(Option::unwrap)
    }

    #[test]
    fn keys_of_the_environment_have_a_token_an_expiry_and_an_account() {
        let session = of_environment(&[
            ("AWS_SESSION_TOKEN", "token"),
            ("AWS_CREDENTIAL_EXPIRATION", "2033-05-18T05:33:20+02:00"),
            ("AWS_ACCOUNT_ID", "111122223333"),
        ])
        .unwrap();
        assert_eq!(session.session_token().unwrap().expose(), "token");
        assert_eq!(session.expires_at(), Some(Timestamp::from_unix_seconds(2_000_000_000)));
        assert_eq!(session.account_id(), Some("111122223333"));
        assert_eq!(session.provider_sources(), [ProviderSource::Environment]);

        let bare = of_environment(&[]).unwrap();
        assert!(bare.session_token().is_none());
        assert_eq!((bare.expires_at(), bare.account_id()), (None, None));
    }

    #[test]
    fn an_expiry_of_the_environment_that_is_no_time_is_refused() {
        let error = of_environment(&[("AWS_CREDENTIAL_EXPIRATION", "planted")]).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().starts_with("AWS_CREDENTIAL_EXPIRATION is not a"), "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }

    #[test]
    fn keys_of_a_profile_expire_as_the_tool_that_wrote_them_says() {
        for setting in EXPIRY_SETTINGS {
            let keys_with = |expiry: &str| {
                let text = format!(
                    "[a]\naws_access_key_id = ASIA\naws_secret_access_key = s\n{setting} = {expiry}\n"
                );
                let file = ProfileFile::new("credentials", text);
                let profiles = Profiles::parse(None, Some(&file)).unwrap();
                keys_of_profile("a", profiles.get("a")).map(Option::unwrap)
            };

            let keys = keys_with("2033-05-18T05:33:20+02:00").unwrap();
            assert_eq!(keys.expires_at(), Some(Timestamp::from_unix_seconds(2_000_000_000)));
            let error = keys_with("soon").unwrap_err().to_string();
            let place = format!("credentials, line 4, profile \"a\", {setting}: not a time");
            assert!(error.starts_with(&place), "{error}");
        }
    }

    #[test]
    fn keys_of_a_profile_have_its_account() {
        let text = "[a]\naws_access_key_id = AKIA\naws_secret_access_key = s\n\
                    aws_account_id = 111122223333\n";
        let profiles = Profiles::parse(None, Some(&ProfileFile::new("credentials", text))).unwrap();

        let keys = keys_of_profile("a", profiles.get("a")).unwrap().unwrap();

        assert_eq!(keys.account_id(), Some("111122223333"));
    }
}
