use stscreds_core::{Credentials, Error, ErrorKind, ProviderSource, Timestamp};

use super::json::Texts;
use super::source::Failure;

/// The credentials of a document such as
/// `{"AccessKeyId": .., "SecretAccessKey": .., "Token": .., "Expiration": ..}`.
///
/// A document that is not one may be whole the next time. One that says that it failed,
/// by `Code`, says why.
pub(crate) fn credentials(
    what: &str,
    body: &[u8],
    provider_name: &'static str,
    source: ProviderSource,
) -> Result<Credentials, Failure> {
    let malformed = |fault: &str| {
        Failure::again(Error::new(
            ErrorKind::MalformedResponse,
            format!("the response of {what} {fault}"),
        ))
    };
    let Some(document) = Texts::of(body) else {
        return Err(malformed("is not a JSON object"));
    };
    if let Some(code) = document.get("Code").filter(|code| *code != "Success") {
        let error = Error::new(
            ErrorKind::NoCredentials,
            format!("{what} failed: {}", said(code, &document)),
        );
        return Err(Failure::again(error));
    }
    let member =
        |name: &str| document.get(name).ok_or_else(|| malformed(&format!("has no {name}")));
    let expiration: Timestamp = member("Expiration")?
        .parse()
        .map_err(|_error| malformed("has an Expiration that is not a timestamp"))?;
    let key = member("AccessKeyId")?;
    if key.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(malformed("has an AccessKeyId with white space in it"));
    }
    let builder = Credentials::builder(key, member("SecretAccessKey")?)
        .session_token(member("Token")?)
        .expires_at(expiration)
        .provider_name(provider_name)
        .provider_sources([source]);
    // arn:aws:iam::111122223333:role/name
    let of_role = document.get("RoleArn").and_then(|arn| arn.split(':').nth(4));
    Ok(match document.get("AccountId").or(of_role) {
        Some(account) => builder.account_id(account).build(),
        None => builder.build(),
    })
}

/// What an error document says, for a person: `code: message`. Servers write the names
/// of the two in either case.
pub(crate) fn error_text(body: &[u8]) -> Option<String> {
    let document = Texts::of(body)?;
    let code = document.get("code").or_else(|| document.get("Code"))?;
    Some(said(code, &document))
}

fn said(code: &str, document: &Texts) -> String {
    let message = document.get("message").or_else(|| document.get("Message"));
    let text = match message {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    };
    text.chars().take(MAX_SAID).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Enough for a command to run; what is longer is not a message.
const MAX_SAID: usize = 500;

#[cfg(test)]
mod tests {

    use super::*;

    const WHOLE: &str = r#"{"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "planted-secret",
        "Token": "planted-token", "Expiration": "2026-07-13T12:00:00Z",
        "RoleArn": "arn:aws:iam::111122223333:role/x"}"#;

    fn read(text: &str) -> Result<Credentials, Failure> {
        credentials("the endpoint", text.as_bytes(), "Test", ProviderSource::Code)
    }

    #[test]
    fn a_document_is_credentials_with_the_account_of_its_role() {
        let credentials = read(WHOLE).unwrap();

        assert_eq!(credentials.access_key_id(), "ASIAEXAMPLE");
        assert_eq!(credentials.account_id(), Some("111122223333"));
        assert_eq!(credentials.expires_at().unwrap().to_string(), "2026-07-13T12:00:00Z");

        let named = WHOLE.replace("{", r#"{"Code": "Success", "AccountId": "444455556666","#);
        assert_eq!(read(&named).unwrap().account_id(), Some("444455556666"));
    }

    #[test]
    fn a_document_without_a_member_names_it_and_shows_nothing() {
        for member in ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"] {
            let (start, end) = (format!("\"{member}\": \""), "\"");
            let value = WHOLE.split(&start).nth(1).unwrap().split(end).next().unwrap();
            for broken in [
                WHOLE.replace(member, "Other"),
                WHOLE.replace(value, " "),
                WHOLE.replace(&format!("\"{value}\""), "7"),
                WHOLE.replace(&format!("\"{value}\""), "null"),
            ] {
                let failure = read(&broken).unwrap_err();
                assert_eq!(failure.error.kind(), ErrorKind::MalformedResponse);
                assert!(failure.error.to_string().contains(member), "{}", failure.error);
                assert!(!format!("{:?}", failure.error).contains("planted"));
            }
        }
        for text in ["", "planted", "[]", "{", "{\"a\":", "\u{feff}{}", &"[".repeat(100_000)] {
            let failure = read(text).unwrap_err();
            assert!(failure.error.to_string().contains("is not a JSON object"));
        }
        let broken = WHOLE.replace("ASIAEXAMPLE", "ASIA\\nplanted");
        assert!(!format!("{:?}", read(&broken).unwrap_err().error).contains("planted"));
    }

    #[test]
    fn a_document_that_says_that_it_failed_is_believed() {
        let failed =
            r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot\nassume it"}"#;
        let failure = read(failed).unwrap_err();

        assert_eq!(failure.error.kind(), ErrorKind::NoCredentials);
        let said = "the endpoint failed: AssumeRoleUnauthorizedAccess: EC2 cannot assume it";
        assert!(failure.error.to_string().starts_with(said), "{}", failure.error);

        let small = error_text(br#"{"code": "c", "message": "m"}"#);
        assert_eq!(small.as_deref(), Some("c: m"));
        assert_eq!(error_text(b"<html>"), None);
    }
}
