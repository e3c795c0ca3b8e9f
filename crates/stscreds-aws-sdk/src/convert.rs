//! Conversions between our credentials, the SDK's, and STS responses.
//!
//! Functions and not `From`: none of the types is this crate's.

use std::time::SystemTime;

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_sts::types::Credentials as StsCredentials;
use stscreds_core::{Credentials, Error, ErrorKind, ProviderSource, Timestamp};
use stscreds_provider::{
    AssumeRoleProvider, FederationTokenProvider, SamlRoleProvider, SessionTokenProvider,
    WebIdentityRoleProvider,
};

/// Our credentials for the SDK.
///
/// Copies the secret into a type that wipes it on drop as ours does, and costs
/// several allocations: do it once per refresh, not once per request.
/// [`SdkProvider`](crate::SdkProvider) does.
#[must_use]
pub fn to_sdk(credentials: &Credentials) -> SdkCredentials {
    let mut builder = SdkCredentials::builder()
        .access_key_id(credentials.access_key_id())
        .secret_access_key(credentials.secret_access_key().expose())
        .provider_name(static_name(credentials.provider_name()));
    builder.set_session_token(credentials.session_token().map(|token| token.expose().to_owned()));
    builder.set_expiry(credentials.expires_at().map(SystemTime::from));
    builder.set_account_id(credentials.account_id().map(Into::into));
    builder.build()
}

/// Refuses credentials that cannot be right: with a line end in a header the SDK's signer panics,
/// and with one behind the secret no signature matches.
pub(crate) fn check_signable(credentials: &SdkCredentials) -> Result<(), Error> {
    let is_in_no_header = |text: &str| text.chars().any(|c| !c.is_ascii_graphic());
    // It is never sent: whatever else is in it may be right.
    let is_no_secret = |text: &str| text.chars().any(char::is_control) || text.trim() != text;
    let wrong = if is_in_no_header(credentials.access_key_id()) {
        "access key id"
    } else if is_no_secret(credentials.secret_access_key()) {
        "secret access key"
    } else if credentials.session_token().is_some_and(is_in_no_header) {
        "session token"
    } else {
        return Ok(());
    };
    let what =
        format!("the {wrong} has a blank, a line end or another character that is not allowed");
    Err(Error::new(ErrorKind::InvalidConfiguration, what))
}

/// Our credentials for the SDK, if it can sign with them.
pub(crate) fn signable(credentials: &Credentials) -> Result<SdkCredentials, Error> {
    let credentials = to_sdk(credentials);
    check_signable(&credentials).map(|()| credentials)
}

/// The SDK's credentials as ours.
#[must_use]
pub fn from_sdk(credentials: &SdkCredentials) -> Credentials {
    let mut builder =
        Credentials::builder(credentials.access_key_id(), credentials.secret_access_key())
            .provider_name("Sdk")
            .provider_sources([ProviderSource::Sdk]);
    if let Some(token) = credentials.session_token() {
        builder = builder.session_token(token);
    }
    if let Some(expiry) = credentials.expiry() {
        builder = builder.expires_at(expiry);
    }
    if let Some(account) = credentials.account_id() {
        builder = builder.account_id(account.as_str());
    }
    builder.build()
}

/// The credentials in an answer of STS as ours.
///
/// # Errors
///
/// [`MalformedResponse`](ErrorKind::MalformedResponse) if a member is empty, which is what
/// the SDK makes of one that is missing: of a missing `Expiration` it makes the year 1970.
pub fn from_sts(credentials: &StsCredentials) -> Result<Credentials, Error> {
    let key = member("AccessKeyId", credentials.access_key_id())?;
    let secret = member("SecretAccessKey", credentials.secret_access_key())?;
    let token = member("SessionToken", credentials.session_token())?;
    let expiry = expiration(credentials);
    if expiry == Timestamp::EPOCH {
        return Err(left_empty("Expiration"));
    }
    Ok(Credentials::builder(key, secret)
        .session_token(token)
        .expires_at(expiry)
        .provider_name("Sts")
        .build())
}

fn member<'a>(name: &str, value: &'a str) -> Result<&'a str, Error> {
    match value {
        "" => Err(left_empty(name)),
        value => Ok(value),
    }
}

fn left_empty(member: &str) -> Error {
    Error::new(ErrorKind::MalformedResponse, format!("STS left {member} empty"))
}

/// Our credentials in the form of an answer of STS.
///
/// # Errors
///
/// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if they are not
/// temporary: STS's form has no place for credentials without token or expiry.
pub fn to_sts(credentials: &Credentials) -> Result<StsCredentials, Error> {
    let (Some(token), Some(expiry)) = (credentials.session_token(), credentials.expires_at())
    else {
        let what = "long-term credentials have no form in an answer of STS";
        return Err(Error::new(ErrorKind::InvalidConfiguration, what));
    };
    StsCredentials::builder()
        .access_key_id(credentials.access_key_id())
        .secret_access_key(credentials.secret_access_key().expose())
        .session_token(token.expose())
        .expiration(SystemTime::from(expiry).into())
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Bug, "the AWS SDK did not accept the credentials")
                .with_source(error)
        })
}

/// When credentials in an answer of STS expire; before 1970 is expired, not absent.
pub(crate) fn expiration(credentials: &StsCredentials) -> Timestamp {
    SystemTime::try_from(*credentials.expiration()).map_or(Timestamp::EPOCH, Timestamp::from)
}

/// The SDK wants names that live for ever.
fn static_name(name: &str) -> &'static str {
    [
        AssumeRoleProvider::NAME,
        FederationTokenProvider::NAME,
        SamlRoleProvider::NAME,
        SessionTokenProvider::NAME,
        WebIdentityRoleProvider::NAME,
    ]
    .into_iter()
    .find(|known| *known == name)
    .unwrap_or("stscreds")
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way_to_the_sdk_and_back() {
        let ours = Credentials::builder("ASIAEXAMPLE", "secret")
            .session_token("token")
            .expires_at(Timestamp::from_unix_seconds(2_000_000_000))
            .account_id("111122223333")
            .provider_name("AssumeRoleProvider")
            .build();

        let sdk = to_sdk(&ours);
        let back = from_sdk(&sdk);

        assert!(format!("{sdk:?}").contains("AssumeRoleProvider"));
        assert_eq!(back.access_key_id(), ours.access_key_id());
        assert_eq!(back.secret_access_key().expose(), "secret");
        assert_eq!(back.session_token().unwrap().expose(), "token");
        assert_eq!(back.expires_at(), ours.expires_at());
        assert_eq!(back.account_id(), ours.account_id());
    }

    #[test]
    fn nothing_is_lost_on_the_way_to_an_answer_of_sts_and_back() {
        let ours = Credentials::builder("ASIAEXAMPLE", "secret")
            .session_token("token")
            .expires_at(Timestamp::from_unix_seconds(2_000_000_000))
            .build();

        let back = from_sts(&to_sts(&ours).unwrap()).unwrap();

        assert_eq!(back.access_key_id(), ours.access_key_id());
        assert_eq!(back.session_token().unwrap().expose(), "token");
        assert_eq!(back.expires_at(), ours.expires_at());
    }

    #[test]
    fn what_is_incomplete_does_not_pass_for_credentials() {
        let long_term = Credentials::new("AKIAEXAMPLE", "planted");
        assert_eq!(to_sts(&long_term).unwrap_err().kind(), ErrorKind::InvalidConfiguration);

        let whole = StsCredentials::builder()
            .access_key_id("ASIAEXAMPLE")
            .secret_access_key("planted")
            .session_token("planted")
            .expiration(DateTime::from_secs(2_000_000_000));
        assert!(from_sts(&whole.clone().build().unwrap()).is_ok());
        for (lacking, member) in [
            (whole.clone().access_key_id(""), "AccessKeyId"),
            (whole.clone().secret_access_key(""), "SecretAccessKey"),
            (whole.clone().session_token(""), "SessionToken"),
            (whole.expiration(DateTime::from_secs(0)), "Expiration"),
        ] {
            let error = from_sts(&lacking.build().unwrap()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MalformedResponse);
            assert!(error.to_string().contains(member), "{error}");
            assert!(!format!("{error:?}").contains("planted"));
        }
    }

    #[test]
    fn long_term_credentials_stay_long_term() {
        let sdk = to_sdk(&Credentials::new("AKIAEXAMPLE", "secret"));

        assert_eq!((sdk.session_token(), sdk.expiry(), sdk.account_id()), (None, None, None));
        assert_eq!(from_sdk(&sdk).expires_at(), None);
    }
}
