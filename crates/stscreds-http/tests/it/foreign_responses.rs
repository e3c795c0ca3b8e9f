//! Responses that are not those of STS.

use fake_sts::fault::Fault;
use stscreds_core::{CredentialsProvider, Error, ErrorKind};
use stscreds_http::RetryPolicy;
use stscreds_provider::AssumeRoleProvider;

use crate::scripted::{Scripted, Step, session};
use crate::stage::{PLAIN, Stage};

/// The error of one request with this response.
async fn error_of(status: u16, body: &str) -> Error {
    let http = Scripted::new([Step::Responds(status, body.to_owned())]);
    let sts = http.client().retries(RetryPolicy::none()).build();
    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    let error = provider.credentials().await.unwrap_err();
    assert_eq!(http.count(), 1);
    assert_eq!(error.role_arn(), Some(PLAIN));
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    error
}

#[tokio::test]
async fn each_form_of_a_foreign_response_is_named() {
    for (body, form) in [
        ("", "an empty body"),
        (" \r\n", "an empty body"),
        ("<!DOCTYPE html><html>planted</html>", "an HTML page"),
        ("<HTML><body>planted", "an HTML page"),
        ("{\"Error\": {\"Code\": \"planted\"}}", "JSON"),
        ("[\"planted\"]", "JSON"),
        ("<AssumeRoleResponse><AssumeRoleResult><SecretAccessKey>planted", "XML that is truncated"),
        ("<a><b></a>", "XML that is truncated or invalid"),
        ("<?xml version=\"1.0\"?><planted/>", "XML of another service"),
        ("<AssumeRoleResponse/>", "XML of another service"),
        (
            "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>",
            "XML of another",
        ),
        ("planted", "neither XML"),
        ("<!DOCTYPE x [<!ENTITY a \"planted\">]><x>&a;</x>", "XML that is truncated or invalid"),
    ] {
        for (status, kind) in [
            (200, ErrorKind::MalformedResponse),
            (302, ErrorKind::MalformedResponse),
            (403, ErrorKind::MalformedResponse),
            (404, ErrorKind::MalformedResponse),
            (429, ErrorKind::Throttled),
            (500, ErrorKind::ServiceUnavailable),
            (503, ErrorKind::ServiceUnavailable),
        ] {
            let error = error_of(status, body).await;

            let shown = error.to_string();
            assert_eq!(error.kind(), kind, "{status} {body}");
            assert!(shown.contains(&format!("(HTTP {status})")) && shown.contains(form), "{shown}");
            assert_eq!(shown.contains("redirect"), status == 302, "{shown}");
        }
    }
}

#[tokio::test]
async fn an_error_in_the_form_of_s3_is_read_if_sts_knows_its_code() {
    let s3 = |code: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>No.</Message><Resource>/</Resource><RequestId>17A9</RequestId></Error>"
        )
    };

    let denied = error_of(403, &s3("AccessDenied")).await;
    assert_eq!((denied.kind(), denied.request_id()), (ErrorKind::AccessDenied, Some("17A9")));
    assert_eq!(denied.sts_message(), Some("No."));

    let other = error_of(405, &s3("MethodNotAllowed")).await;
    assert_eq!(other.kind(), ErrorKind::MalformedResponse);
    assert!(other.to_string().contains("an error in the form of S3"), "{other}");
}

#[tokio::test]
async fn an_error_of_sts_counts_whatever_its_status_and_namespace() {
    for (status, start) in [
        (200, "<ErrorResponse>"),
        (403, "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"),
        (403, "\u{feff} \n<ErrorResponse xmlns=\"urn:x\">"),
        (403, "<?xml version=\"1.0\"?><!-- x --><x:ErrorResponse xmlns:x=\"urn:x\">"),
    ] {
        let end = if start.contains("<x:") { "</x:ErrorResponse>" } else { "</ErrorResponse>" };
        let body = format!(
            "{start}<Error><Code> AccessDenied\n</Code><Message>a &amp; b</Message></Error>{end}"
        );
        let body = match start.contains("<x:") {
            true => body.replace("<Error>", "<x:Error>").replace("</Error>", "</x:Error>"),
            false => body,
        };

        let error = error_of(status, &body).await;

        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{body}: {error}");
        assert_eq!(error.sts_message(), Some("a & b"));
    }
}

#[tokio::test]
async fn a_missing_member_and_an_expiration_that_is_no_timestamp_are_named() {
    let whole = session("AssumeRole");
    for member in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] {
        for renamed in [whole.replace(member, "Other"), emptied(&whole, member)] {
            let error = error_of(200, &renamed).await;

            assert_eq!(error.kind(), ErrorKind::MalformedResponse);
            assert!(error.to_string().contains(member), "{error}");
        }
    }
    let error = error_of(200, &whole.replace("2096-07-13T12:00:00Z", "planted")).await;
    assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    assert!(error.to_string().contains("Expiration"), "{error}");
}

/// The response with nothing but white space in a member.
fn emptied(whole: &str, member: &str) -> String {
    let start = whole.find(&format!("<{member}>")).unwrap() + member.len() + 2;
    let end = whole.find(&format!("</{member}>")).unwrap();
    format!("{} \n {}", &whole[..start], &whole[end..])
}

#[tokio::test]
async fn a_response_nested_deep_is_refused_and_overflows_nothing() {
    for depth in [100, 20_000, 300_000] {
        let body = "<a>".repeat(depth) + &"</a>".repeat(if depth < 1_000 { depth } else { 0 });
        let error = error_of(200, &body).await;
        assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    }
    let wide = format!("<a>{}</a>", "<b/>".repeat(200_000));
    assert_eq!(error_of(200, &wide).await.kind(), ErrorKind::MalformedResponse);
}

#[tokio::test]
async fn ten_megabytes_are_not_read_to_their_end() {
    let stage = Stage::set().await;
    let long = stage.fake.inject(Fault::answer(200, "text/xml", "planted".repeat(1_500_000)));

    let error = stage.assume(PLAIN).build().credentials().await.unwrap_err();

    assert_eq!((error.kind(), long.hits()), (ErrorKind::MalformedResponse, 1));
    assert!(!format!("{error:?}").contains("planted"), "{error:?}");
}

/// Of an HTTP client that does not keep to the limit.
#[tokio::test]
async fn a_response_of_more_than_a_mebibyte_is_refused_even_if_it_was_read() {
    let comment = |size| format!("<!--{}-->{}", " ".repeat(size), session("AssumeRole"));

    let error = error_of(200, &comment(1024 * 1024)).await;
    assert!(error.to_string().contains("too long"), "{error}");

    let http = Scripted::new([Step::Responds(200, comment(1_000_000))]);
    let sts = http.client().build();
    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    assert!(provider.credentials().await.is_ok());
}

#[tokio::test]
async fn nobody_at_the_endpoint_and_connections_that_break_are_failed_connections() {
    let stage = Stage::set().await;
    let outage = stage.fake.outage().unwrap();
    let error = stage.assume(PLAIN).build().credentials().await.unwrap_err();
    assert_eq!((error.kind(), stage.call_count()), (ErrorKind::ConnectionFailed, 0));
    let address = stage.fake.uri().trim_start_matches("http://");
    assert!(error.to_string().contains(&format!("cannot connect to {address}")), "{error}");
    drop(outage);

    for fault in [Fault::reset(), Fault::truncated()] {
        let fault = stage.fake.inject(fault);
        let error = stage.assume(PLAIN).build().credentials().await.unwrap_err();
        assert_eq!((error.kind(), fault.hits()), (ErrorKind::ConnectionFailed, 3), "{error:?}");
        assert!(error.is_recoverable());
        drop(fault);
    }
    stage.assume(PLAIN).build().credentials().await.unwrap();
}
