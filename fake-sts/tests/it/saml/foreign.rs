//! Responses that another implementation signed: Python's `signxml`, whose canonical form comes from libxml2.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_sts::saml::{self, Assertion, Metadata, SamlFault};
use fake_sts::switches::SamlAudience;

fn verify(xml: &str) -> Result<Assertion, SamlFault> {
    verify_with(include_str!("data/metadata.xml"), xml)
}

fn verify_with(metadata: &str, xml: &str) -> Result<Assertion, SamlFault> {
    // 2027-01-15T08:00:01Z, a second after they were issued.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001);
    saml::verify(
        &STANDARD.encode(xml),
        &Metadata::parse(metadata).unwrap(),
        now,
        SamlAudience::Ignored,
    )
}

#[track_caller]
fn check(xml: &str) {
    check_assertion(verify(xml));
}

#[track_caller]
fn check_assertion(assertion: Result<Assertion, SamlFault>) {
    let assertion = assertion.unwrap_or_else(|fault| panic!("{fault}: {}", fault.cause()));

    assert_eq!(
        (assertion.subject.as_str(), assertion.subject_type.as_str()),
        ("zoë & co", "transient")
    );
    assert!(assertion.has_role(
        "arn:aws:iam::111122223333:saml-provider/Foreign",
        "arn:aws:iam::111122223333:role/saml"
    ));
    assert_eq!(assertion.tags, [("Note".to_owned(), "a <b> \"c\" & d".to_owned())]);
    assert_eq!(assertion.session_not_on_or_after, Some(1_800_028_800));
}

#[test]
fn an_assertion_signed_elsewhere_is_accepted_with_each_hash() {
    check(include_str!("data/assertion-sha1.xml"));
    check(include_str!("data/assertion-sha256.xml"));
    check(include_str!("data/assertion-sha384.xml"));
    check(include_str!("data/assertion-sha512.xml"));
}

/// IAM takes keys from 1024 bits on.
#[test]
fn an_assertion_signed_with_a_key_of_1024_bits_is_accepted() {
    let metadata = include_str!("data/metadata-rsa1024.xml");
    for xml in [
        include_str!("data/assertion-sha1-rsa1024.xml"),
        include_str!("data/assertion-sha256-rsa1024.xml"),
        include_str!("data/assertion-sha512-rsa1024.xml"),
    ] {
        check_assertion(verify_with(metadata, xml));
        assert_eq!(verify(xml).unwrap_err().to_string(), "Response signature invalid");
    }
}

#[test]
fn a_response_signed_elsewhere_needs_a_signed_assertion_as_well() {
    check(include_str!("data/both-sha256.xml"));
    // Recorded in September 2026: the signature of the response alone does not do.
    let alone = verify(include_str!("data/response-sha256.xml"));
    assert_eq!(alone, Err(SamlFault::Unsigned));
}

#[test]
fn a_change_anywhere_that_is_signed_is_found() {
    let signed_assertion = include_str!("data/assertion-sha256.xml");
    let signed_response = include_str!("data/both-sha256.xml");

    for change in [
        ("zoe@example.com", "eve@example.com"),
        ("xs:string\">zoe", "xs:token\">zoe"),
        ("role/saml", "role/root"),
        ("    <Conditions", "   <Conditions"),
    ] {
        for xml in [signed_assertion, signed_response] {
            let changed = xml.replacen(change.0, change.1, 1);
            assert_ne!(changed, xml);
            assert_eq!(
                verify(&changed).unwrap_err().to_string(),
                "Response signature invalid",
                "{change:?}"
            );
        }
    }
    let status = signed_response.replace("<samlp:Status>", "<samlp:Status> ");
    assert_eq!(verify(&status).unwrap_err().to_string(), "Response signature invalid");
}
