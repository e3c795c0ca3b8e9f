use serde_json::{Value, json};
use stscreds_core::{Credentials, Expires, ProviderSource, SecretString, Timestamp};

use crate::iso_time::parse_time;
use crate::secret_json::SecretJson;

/// The text of a file of the cache: the part of STS's answer that others read of it.
///
/// `None` for credentials without token or expiry, which are no session.
pub(super) fn text_of(credentials: &Credentials) -> Option<SecretString> {
    let mut answer = json!({ "Credentials": {
        "AccessKeyId": credentials.access_key_id(),
        "SecretAccessKey": credentials.secret_access_key().expose(),
        "SessionToken": credentials.session_token()?.expose(),
        "Expiration": expiration(credentials.expires_at()?),
    }});
    if let Some(account) = credentials.account_id() {
        answer["Credentials"]["AccountId"] = account.into();
    }
    Some(SecretJson::from(answer).to_text())
}

/// The session in a file, whoever wrote it; `None` for whatever is not one.
pub(super) fn credentials_in(text: &str, sources: Vec<ProviderSource>) -> Option<Credentials> {
    let answer = SecretJson::parse(text.as_bytes()).ok()?;
    let members = answer.get("Credentials")?;
    let member =
        |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut builder = Credentials::builder(member("AccessKeyId")?, member("SecretAccessKey")?)
        .session_token(member("SessionToken")?)
        .expires_at(parse_time(member("Expiration")?)?)
        .provider_name("CliCache")
        .provider_sources(sources);
    if let Some(account) = member("AccountId") {
        builder = builder.account_id(account);
    }
    Some(builder.build())
}

/// Whole seconds and the name of the zone, as botocore writes it.
fn expiration(expiry: Timestamp) -> String {
    let seconds = i64::try_from(expiry.unix_seconds()).unwrap_or(i64::MAX);
    Timestamp::from_unix_seconds(seconds).to_string().replace('Z', "UTC")
}
