use serde_json::{Value, json};
use stscreds_core::{Credentials, ProviderSource, SecretString, SessionKey, Timestamp};

use crate::iso_time::parse_time;
use crate::secret_json::SecretJson;

/// A session in a file, and who wrote it.
pub(super) struct Entry {
    pub(super) session: Credentials,
    pub(super) author: Author,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Author {
    /// This library, with the key of the session.
    Us(String),
    /// This library, in a version that kept no keys.
    Formerly,
    /// The AWS CLI, which keeps the whole response of STS.
    Cli { web_identity: bool },
}

/// The text of a file of the cache: the part of STS's response that others read of it,
/// and the key of the session.
///
/// `None` for credentials without token or expiry, which are no session.
pub(super) fn text_of(credentials: &Credentials, key: &SessionKey) -> Option<SecretString> {
    let mut file = json!({
        "Credentials": {
            "AccessKeyId": credentials.access_key_id(),
            "SecretAccessKey": credentials.secret_access_key().expose(),
            "SessionToken": credentials.session_token()?.expose(),
            "Expiration": expiration(credentials.expires_at()?),
        },
        SESSION_KEY: key.to_string(),
    });
    if let Some(account) = credentials.account_id() {
        file["Credentials"]["AccountId"] = account.into();
    }
    Some(SecretJson::from(file).to_text())
}

/// The session in a file of any author; `None` for everything else.
pub(super) fn entry_in(text: &str, sources: Vec<ProviderSource>) -> Option<Entry> {
    let file = SecretJson::parse(text.as_bytes()).ok()?;
    let members = file.get("Credentials")?;
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
    Some(Entry { session: builder.build(), author: author_of(&file) })
}

fn author_of(file: &Value) -> Author {
    match file.get(SESSION_KEY) {
        Some(key) => Author::Us(key.as_str().unwrap_or_default().to_owned()),
        None if file.as_object().is_some_and(|members| members.len() == 1) => Author::Formerly,
        None => {
            let web_identity = ["SubjectFromWebIdentityToken", "Provider", "Audience"];
            Author::Cli { web_identity: web_identity.iter().any(|name| file.get(name).is_some()) }
        }
    }
}

const SESSION_KEY: &str = "StscredsSessionKey";

/// Whole seconds and the name of the zone, as botocore writes it.
fn expiration(expiry: Timestamp) -> String {
    let seconds = i64::try_from(expiry.unix_seconds()).unwrap_or(i64::MAX);
    Timestamp::from_unix_seconds(seconds).to_string().replace('Z', "UTC")
}
