//! What is put into headers, and what is refused there.

use stscreds_core::{Credentials, CredentialsProvider, ErrorKind};
use stscreds_http::StsHttpClient;
use stscreds_provider::{AssumeRoleProvider, CallerIdentityClient};

use crate::scripted::{Scripted, Step};
use crate::stage::PLAIN;

#[tokio::test]
async fn a_line_break_in_a_key_or_token_never_reaches_a_header() {
    let http = Scripted::new([Step::session("GetCallerIdentity")]);
    for bad in ["planted\nx: y", "planted\r\nx: y", "planted\0", "planted\u{7f}"] {
        for (credentials, what) in [
            (Credentials::new(bad, "s"), "the access key id"),
            (
                Credentials::builder("AKIAEXAMPLE", "s").session_token(bad).build(),
                "the session token",
            ),
        ] {
            let sts = http.client().credentials(credentials).build();

            let error = sts.caller_identity().await.unwrap_err();

            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
            assert!(error.to_string().contains(what), "{error}");
            assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
        }
    }
    assert_eq!(http.count(), 0, "nothing was sent");
}

#[tokio::test]
async fn a_request_names_host_form_date_and_user_agent() {
    let http = Scripted::new([Step::session("GetCallerIdentity")]);
    let session = Credentials::builder("ASIAEXAMPLE", "s").session_token("t").build();

    http.client().credentials(session).build().caller_identity().await.unwrap();

    assert_eq!(http.header(0, "host"), "sts.eu-central-1.amazonaws.com");
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    assert_eq!(http.header(0, "content-type"), form);
    assert_eq!(http.header(0, "x-amz-security-token"), "t");
    assert!(http.header(0, "user-agent").starts_with("stscreds-http/"));
    let signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,";
    assert!(http.header(0, "authorization").contains(signed));
}

#[tokio::test]
async fn a_client_without_credentials_says_so_before_anything_is_sent() {
    let http = Scripted::new([Step::session("AssumeRole")]);
    let sts = StsHttpClient::builder("eu-central-1".parse().unwrap(), http.clone()).build();

    let role = AssumeRoleProvider::builder(sts.clone(), PLAIN.parse().unwrap()).build();
    for error in [role.credentials().await.unwrap_err(), sts.caller_identity().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().contains("has no credentials"), "{error}");
    }
    assert_eq!(http.count(), 0);
}

#[tokio::test]
async fn an_error_of_the_credentials_is_that_of_the_call() {
    let http = Scripted::new([Step::session("AssumeRole")]);
    let sts = http.client().credentials(async || {
        Err(stscreds_core::Error::new(ErrorKind::IdentityTokenMissing, "no identity token file"))
    });

    let provider = AssumeRoleProvider::builder(sts.build(), PLAIN.parse().unwrap()).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!((error.kind(), http.count()), (ErrorKind::IdentityTokenMissing, 0));
    assert!(error.to_string().contains("no credentials to sign AssumeRole with"), "{error}");
}
