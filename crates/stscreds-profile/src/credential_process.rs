//! Credentials as the programs behind `credential_process` print them: written and read.
//!
//! The form, version 1, is
//! [documented by AWS](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html)
//! and understood by the AWS CLI and every SDK.
//!
//! ```
//! use stscreds_profile::credential_process;
//! use stscreds_core::Credentials;
//!
//! let printed = credential_process::output(&Credentials::new("AKIAEXAMPLE", "a secret"));
//! let read = credential_process::parse(printed.expose().as_bytes())?;
//!
//! assert_eq!(read.access_key_id(), "AKIAEXAMPLE");
//! # Ok::<_, stscreds_core::Error>(())
//! ```

use serde_json::{Value, json};
use stscreds_core::{Credentials, Error, ErrorKind, ProviderSource, SecretString};

use crate::inlet::Field;
use crate::iso_time::parse_time;
use crate::secret_json::SecretJson;

/// What a program prints to hand out these credentials; one line of JSON, to standard
/// output and nowhere else.
#[must_use]
pub fn output(credentials: &Credentials) -> SecretString {
    let mut members = json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id(),
        "SecretAccessKey": credentials.secret_access_key().expose(),
    });
    if let Some(token) = credentials.session_token() {
        members["SessionToken"] = token.expose().into();
    }
    if let Some(expiry) = credentials.expires_at() {
        members["Expiration"] = expiry.to_string().into();
    }
    if let Some(account) = credentials.account_id() {
        members["AccountId"] = account.into();
    }
    SecretJson::from(members).to_text()
}

/// The credentials that a program has printed.
///
/// # Errors
///
/// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for another version, for
/// what is not JSON, and naming the member that is missing or not what it should be. Nothing of the
/// output is repeated.
pub fn parse(output: &[u8]) -> Result<Credentials, Error> {
    parse_output(output, None)
}

/// [`parse`], with an account for output that names none.
pub(crate) fn parse_output(output: &[u8], account_id: Option<&str>) -> Result<Credentials, Error> {
    let refused = |what: String| Error::new(ErrorKind::InvalidConfiguration, what);
    let members = SecretJson::parse(output)
        .map_err(|error| refused("the output is not JSON".to_owned()).with_source(error))?;
    match members.get("Version") {
        None => return Err(refused("the output has no Version".to_owned())),
        // As botocore compares: 1.0 is 1.
        Some(version) if version.as_f64() != Some(1.0) => {
            return Err(refused("the Version of the output is not 1".to_owned()));
        }
        Some(_) => {}
    }
    let optional = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(refused(format!("{name} in the output is not a string"))),
    };
    let read = |field: Field, name: &str| {
        let Some(text) = optional(name)? else { return Ok(None) };
        let text = field.read(format_args!("{name} in the output"), text)?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    };
    let required = |field: Field, name: &str| {
        read(field, name)?.ok_or_else(|| refused(format!("the output has no {name}")))
    };

    let id = required(Field::KeyId, "AccessKeyId")?;
    let mut builder = Credentials::builder(id, required(Field::Secret, "SecretAccessKey")?)
        .provider_name("Process")
        .provider_sources([ProviderSource::Process]);
    if let Some(token) = read(Field::Token, "SessionToken")? {
        builder = builder.session_token(token);
    }
    // An empty one is a mistake too: nobody means that the credentials never expire.
    if let Some(expiry) = optional("Expiration")? {
        let what = "Expiration in the output is not a time with a zone, such as \
                    2026-07-13T12:00:00Z";
        let expiry = parse_time(expiry).ok_or_else(|| refused(what.to_owned()))?;
        builder = builder.expires_at(expiry);
    }
    match members.get("AccountId") {
        Some(Value::Number(number)) if number.is_u64() => {
            // Without the zeros in front, which no number has.
            builder = builder.account_id(format!("{:0>12}", number.to_string()));
        }
        _ => {
            if let Some(account) = read(Field::Line, "AccountId")?.or(account_id) {
                builder = builder.account_id(account);
            }
        }
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use stscreds_core::Timestamp;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let ours = Credentials::builder("ASIAEXAMPLE", "sec\"ret\\")
            .session_token("token")
            .expires_at(Timestamp::from_unix_seconds(2_000_000_000))
            .account_id("111122223333")
            .build();

        let text = output(&ours);
        let back = parse(text.expose().as_bytes()).unwrap();

        assert_eq!(text.expose().lines().count(), 1);
        assert!(text.expose().contains(r#""Version":1"#));
        assert!(text.expose().contains(r#""Expiration":"2033-05-18T03:33:20Z""#));
        assert_eq!(back.access_key_id(), "ASIAEXAMPLE");
        assert_eq!(back.secret_access_key().expose(), "sec\"ret\\");
        assert_eq!(back.session_token().unwrap().expose(), "token");
        assert_eq!(back.expires_at(), ours.expires_at());
        assert_eq!(back.account_id(), Some("111122223333"));
    }

    #[test]
    fn long_term_keys_have_neither_token_nor_expiry() {
        let text = output(&Credentials::new("AKIAEXAMPLE", "secret"));

        assert!(!text.expose().contains("SessionToken") && !text.expose().contains("Expiration"));
        let back = parse_output(text.expose().as_bytes(), Some("1")).unwrap();
        assert_eq!((back.expires_at(), back.account_id()), (None, Some("1")));
    }

    #[track_caller]
    fn check_refused(output: &str, what: &str) {
        let error = parse(output.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().starts_with(what), "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }

    #[test]
    fn other_output_is_refused_and_not_repeated() {
        check_refused("", "the output is not JSON");
        check_refused("planted", "the output is not JSON");
        check_refused(r#"{"AccessKeyId":"planted"}"#, "the output has no Version");
        check_refused(r#"["planted"]"#, "the output has no Version");
        check_refused(r#"{"Version":2,"AccessKeyId":"planted"}"#, "the Version of the output is");
        check_refused(r#"{"Version":"1"}"#, "the Version of the output is not 1");
        check_refused(r#"{"Version":1}"#, "the output has no AccessKeyId");
        check_refused(
            r#"{"Version":1,"AccessKeyId":"planted","SecretAccessKey":""}"#,
            "the output has no SecretAccessKey",
        );
        check_refused(
            r#"{"Version":1,"AccessKeyId":["planted"]}"#,
            "AccessKeyId in the output is not a string",
        );
        check_refused(
            r#"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"planted","Expiration":"planted"}"#,
            "Expiration in the output is not a time",
        );
        check_refused(
            r#"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"planted","Expiration":""}"#,
            "Expiration in the output is not a time",
        );
        check_refused(
            r#"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"planted","Expiration":1783944000}"#,
            "Expiration in the output is not a string",
        );
        for (member, what) in [
            (r#""AccessKeyId":"planted\nA""#, "AccessKeyId in the output: contains a line end"),
            (r#""SecretAccessKey":"planted\rA""#, "SecretAccessKey in the output: contains a line"),
            (r#""SessionToken":"planted\u0000""#, "SessionToken in the output: contains a control"),
            (r#""SessionToken":"planted é""#, "SessionToken in the output: contains a character"),
            (r#""AccessKeyId":"planted A""#, "AccessKeyId in the output: contains white space"),
        ] {
            let keys = r#""Version":1,"AccessKeyId":"a","SecretAccessKey":"s""#;
            check_refused(&format!("{{{keys},{member}}}"), what);
        }
    }

    /// Programs print what they read from a file, and numbers for numbers.
    #[test]
    fn what_botocore_takes_is_taken() {
        let output = r#"{"Version":1.0,"AccessKeyId":"AKIA\n","SecretAccessKey":"s\r\n",
            "SessionToken":" t\n","Expiration":"2033-05-18 03:33:20+0000","AccountId":11122223333}"#;

        let read = parse(output.as_bytes()).unwrap();

        assert_eq!(read.access_key_id(), "AKIA");
        assert_eq!(read.secret_access_key().expose(), "s");
        assert_eq!(read.session_token().unwrap().expose(), "t");
        assert_eq!(read.expires_at(), Some(Timestamp::from_unix_seconds(2_000_000_000)));
        assert_eq!(read.account_id(), Some("011122223333"));
    }
}
