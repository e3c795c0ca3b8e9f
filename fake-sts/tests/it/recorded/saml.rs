//! `AssumeRoleWithSAML`: recordings `saml_aws` and `saml_required_aws`.

use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::saml::{AssertionBuilder, Broken};
use fake_sts::switches::{SamlAudience, Switches};
use fake_sts::world::{Account, Role, SamlProvider};
use serde_json::json;

use super::{ACCOUNT, noon, said};
use crate::client::{Answer, call, send};

const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/Idp";
const ROLE: &str = "arn:aws:iam::111122223333:role/saml";

async fn with(switches: Switches) -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": PROVIDER},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]}]});
    let role =
        Role::new("saml").trust_policy(trust).max_session_duration(Duration::from_secs(7200));
    let account = Account::new(ACCOUNT).role(role).saml_provider(SamlProvider::built_in("Idp"));
    let builder = FakeSts::builder().account(account).switches(switches);
    builder.clock_frozen_at(noon()).start().await.unwrap()
}

async fn start() -> FakeSts {
    with(Switches::default()).await
}

fn response(sts: &FakeSts) -> AssertionBuilder {
    let builder = sts.saml_identity_provider().assertion();
    builder.role(PROVIDER, ROLE).subject("subject-123").role_session_name("run")
}

async fn assume(sts: &FakeSts, response: AssertionBuilder, more: &[(&str, &str)]) -> Answer {
    let assertion = response.mint();
    let usual = [("RoleArn", ROLE), ("PrincipalArn", PROVIDER), ("SAMLAssertion", &assertion)];
    send(sts, call("AssumeRoleWithSAML", &[&usual[..], more].concat()).unsigned(sts)).await
}

/// The error with the request id of the service behind STS taken out of it, once it was seen to be one.
fn without_id(error: &str) -> String {
    let Some((before, rest)) = error.split_once("Request ID: ") else { return error.to_owned() };
    let (id, after) = rest.split_once(';').unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{error}");
    format!("{before}Request ID: <uuid>;{after}")
}

const UNREADABLE: &str = "400 InvalidIdentityToken: Invalid base64 SAMLResponse (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: <uuid>; Proxy: null)";
const UNSIGNED: &str = "400 InvalidIdentityToken: Response (with optional signature) must contain an assertion with a mandatory signature (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: <uuid>; Proxy: null)";
const SIGNATURE: &str = "400 InvalidIdentityToken: Response signature invalid";
const EXPIRED: &str = "400 ExpiredTokenException: Response has expired";

#[tokio::test]
async fn each_broken_response_has_the_recorded_answer() {
    let sts = start().await;
    for (broken, wanted) in [
        (Broken::Unsigned, UNSIGNED),
        (Broken::ResponseSigned, UNSIGNED),
        (Broken::Tampered, SIGNATURE),
        (Broken::ForeignKey, SIGNATURE),
        (Broken::BadSignature, SIGNATURE),
        (Broken::Expired, EXPIRED),
        (Broken::SubjectExpired, EXPIRED),
        (Broken::NoConditions, UNREADABLE),
        (Broken::NoAuthnStatement, UNREADABLE),
        (Broken::NoRecipient, UNREADABLE),
        (Broken::NoSubjectExpiry, UNREADABLE),
        (Broken::NoNameIdFormat, UNREADABLE),
        (Broken::TwoConfirmations, UNREADABLE),
        (Broken::MalformedStart, UNREADABLE),
        (Broken::NotXml, UNREADABLE),
        (Broken::NotYetValid, "200"),
        (Broken::WrongAudience, "200"),
    ] {
        let answer = assume(&sts, response(&sts).broken(broken), &[]).await;
        assert_eq!(without_id(&said(&answer)), wanted, "{broken:?}");
    }
}

#[tokio::test]
async fn any_recipient_is_accepted_and_is_the_audience() {
    let sts = start().await;
    let mut switches = Switches::default();
    switches.saml_audience = SamlAudience::Checked;
    let strict = with(switches).await;
    for recipient in ["https://unrelated.example.test/saml", "not-a-url"] {
        let answer = assume(&sts, response(&sts).recipient(recipient), &[]).await;
        assert_eq!((said(&answer).as_str(), answer.text("Audience")), ("200", recipient));
        assert_eq!(
            said(&assume(&strict, response(&strict).recipient(recipient), &[]).await),
            "400 InvalidIdentityToken: Response does not contain the required audience."
        );
    }
    assert_eq!(
        said(&assume(&strict, response(&strict).audience("urn:example:other"), &[]).await),
        "400 InvalidIdentityToken: Response does not contain the required audience."
    );
}

#[tokio::test]
async fn the_pair_of_role_and_provider_may_be_in_either_order_and_must_be_the_one_asked_for() {
    let sts = start().await;
    let pair = |pair: String| {
        let builder = sts.saml_identity_provider().assertion().role_session_name("run");
        builder.attribute("https://aws.amazon.com/SAML/Attributes/Role", [pair])
    };
    let other = "400 InvalidIdentityToken: SAML Assertion doesn't contain the requested Role and Metadata in the attributes";
    for (value, wanted) in [
        (format!("{ROLE},{PROVIDER}"), "200"),
        (format!("{PROVIDER},{ROLE}"), "200"),
        (format!("{PROVIDER},{ROLE}2"), other),
        (format!("{PROVIDER}2,{ROLE}"), other),
        (ROLE.to_owned(), other),
    ] {
        assert_eq!(said(&assume(&sts, pair(value.clone()), &[]).await), wanted, "{value}");
    }
}

#[tokio::test]
async fn the_subject_type_is_the_format_without_its_usual_beginning() {
    let sts = start().await;
    for (format, wanted) in [("persistent", "persistent"), ("custom-format", "custom-format")] {
        let answer = assume(&sts, response(&sts).subject_type(format), &[]).await;
        assert_eq!((answer.text("Subject"), answer.text("SubjectType")), ("subject-123", wanted));
    }
}

#[tokio::test]
async fn the_identity_provider_can_only_shorten_a_session() {
    let sts = start().await;
    let expiry = |answer: &Answer| answer.text("Expiration").to_owned();
    let seconds = Duration::from_secs;
    for (attribute, end, asked, wanted) in [
        (None, None, None, "2026-09-11T13:00:00Z"),
        (Some(900), None, None, "2026-09-11T12:15:00Z"),
        (Some(7200), None, None, "2026-09-11T13:00:00Z"),
        (None, None, Some("7200"), "2026-09-11T14:00:00Z"),
        (None, Some(600), None, "2026-09-11T12:10:00Z"),
        (None, Some(600), Some("7200"), "2026-09-11T12:10:00Z"),
    ] {
        let mut response = response(&sts);
        if let Some(attribute) = attribute {
            response = response.session_duration(seconds(attribute));
        }
        if let Some(end) = end {
            response = response.session_not_on_or_after(noon() + seconds(end));
        }
        let asked = asked.map(|asked| ("DurationSeconds", asked));
        let answer = assume(&sts, response, asked.as_slice()).await;
        assert_eq!(expiry(&answer), wanted, "{attribute:?} {end:?} {asked:?}");
    }
    let ended = response(&sts).session_not_on_or_after(noon());
    assert_eq!(said(&assume(&sts, ended, &[]).await), EXPIRED);
}

#[tokio::test]
async fn an_expired_certificate_and_parts_that_are_not_there_do_no_harm() {
    let sts = start().await;
    // The certificate of the built-in identity provider ends in 2049.
    sts.clock()
        .set(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(2_900_000_000))
        .unwrap();
    assert_eq!(said(&assume(&sts, response(&sts), &[]).await), "200");

    let sts = start().await;
    let end = "2026-09-11T12:05:00Z";
    let open = format!("NotBefore=\"2026-09-11T12:00:00Z\" NotOnOrAfter=\"{end}\"><saml:Aud");
    let audience = "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>";
    for (from, to, wanted) in [
        (open.as_str(), "NotBefore=\"2026-09-11T12:00:00Z\"><saml:Aud", "200"),
        (open.as_str(), "><saml:Aud", "200"),
        (audience, "", "200"),
        ("urn:amazon:webservices", "urn:example:other", "200"),
        ("NotBefore=\"2026-09-11T12:00:00Z\"", "NotBefore=\"soon\"", UNREADABLE),
    ] {
        let answer = assume(&sts, response(&sts).replace(from, to), &[]).await;
        assert_eq!(without_id(&said(&answer)), wanted, "{from} {to}");
    }
}

#[tokio::test]
async fn a_format_of_another_beginning_is_answered_whole() {
    let sts = start().await;
    let usual = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    for format in ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "custom"] {
        let response = response(&sts).replace(usual, format);
        assert_eq!(assume(&sts, response, &[]).await.text("SubjectType"), format);
    }
}

#[tokio::test]
async fn the_end_of_the_session_and_both_ends_of_the_assertion_count() {
    let sts = start().await;
    for from in [
        "<saml:SubjectConfirmationData NotOnOrAfter=\"2026-09-11T12:05:00Z\"",
        "NotBefore=\"2026-09-11T12:00:00Z\" NotOnOrAfter=\"2026-09-11T12:05:00Z\"",
    ] {
        let to = from.replace("12:05:00", "12:00:00");
        assert_eq!(
            said(&assume(&sts, response(&sts).replace(from, to), &[]).await),
            EXPIRED,
            "{from}"
        );
    }
}
