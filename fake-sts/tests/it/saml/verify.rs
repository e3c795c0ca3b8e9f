use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_sts::policy::Context;
use fake_sts::saml::{self, Broken, condition_keys};
use fake_sts::switches::SamlAudience;
use proptest::prelude::*;

use super::{PROVIDER, ROLE, metadata, now, response, verify};

#[test]
fn a_good_response_says_who_may_assume_what_and_how() {
    let text = response()
        .subject("alice & <bob>")
        .role("arn:aws:iam::111122223333:saml-provider/Idp", "arn:aws:iam::111122223333:role/other")
        .role_session_name("alice@example.com")
        .session_duration(Duration::from_secs(7200))
        .session_not_on_or_after(now() + Duration::from_secs(1800))
        .source_identity("alice")
        .principal_tag("Team", "blue")
        .principal_tag("Cost", "")
        .transitive_tag_keys(["Team"])
        .mint();

    let assertion = verify(&text).unwrap();

    assert_eq!(
        (assertion.issuer.as_str(), assertion.subject.as_str()),
        ("https://idp.example/metadata", "alice & <bob>")
    );
    assert_eq!(
        (assertion.subject_type.as_str(), assertion.audience.as_str()),
        ("persistent", "https://signin.aws.amazon.com/saml")
    );
    assert!(
        assertion.has_role(PROVIDER, ROLE)
            && assertion.has_role(PROVIDER, "arn:aws:iam::111122223333:role/other")
    );
    assert!(
        !assertion.has_role(ROLE, PROVIDER)
            && !assertion.has_role(PROVIDER, "arn:aws:iam::111122223333:role/none")
    );
    assert_eq!(
        (assertion.role_session_name.as_str(), assertion.session_duration),
        ("alice@example.com", Some(7200))
    );
    assert_eq!(assertion.session_not_on_or_after, Some(1_800_001_800));
    assert_eq!(assertion.source_identity.as_deref(), Some("alice"));
    assert_eq!(
        assertion.tags,
        [("Cost".to_owned(), String::new()), ("Team".to_owned(), "blue".to_owned())]
    );
    assert_eq!(assertion.transitive_tag_keys, ["Team"]);
}

#[test]
fn each_broken_response_is_refused_with_the_message_of_the_service() {
    check(
        Broken::TooOld,
        "ExpiredTokenException",
        "Token must be redeemed within 5 minutes of issuance",
    );
    check(
        Broken::WrongAudience,
        "InvalidIdentityToken",
        "Response does not contain the required audience.",
    );
    check(Broken::WrongIssuer, "InvalidIdentityToken", "Issuer not present in specified provider");
    check(
        Broken::Unsigned,
        "InvalidIdentityToken",
        "Response (with optional signature) must contain an assertion with a mandatory signature",
    );
    check(Broken::BadSignature, "InvalidIdentityToken", "Response signature invalid");
    check(Broken::ForeignKey, "InvalidIdentityToken", "Response signature invalid");
    check(Broken::Tampered, "InvalidIdentityToken", "Response signature invalid");
    check(
        Broken::Wrapped,
        "InvalidIdentityToken",
        "Response (with optional signature) must contain an assertion with a mandatory signature",
    );
    check(
        Broken::NoRoleSessionName,
        "InvalidIdentityToken",
        "RoleSessionName is required in AuthnResponse",
    );
    check(Broken::NotBase64, "InvalidIdentityToken", "Invalid base64 SAMLResponse");
    check(Broken::NotXml, "InvalidIdentityToken", "Invalid base64 SAMLResponse");
    // Recorded in September 2026: no NotBefore is checked.
    assert!(verify(&response().broken(Broken::NotYetValid).mint()).is_ok());
}

#[track_caller]
fn check(broken: Broken, code: &str, message: &str) {
    let fault = verify(&response().broken(broken).mint()).unwrap_err();

    assert_eq!((fault.code(), fault.to_string().as_str()), (code, message), "{broken:?}");
    assert!(!fault.cause().is_empty());
}

#[test]
fn attributes_of_another_form_are_refused_with_the_message_of_the_service() {
    let name = |name: &str| {
        verify(&response().role_session_name(name).mint()).map_err(|fault| fault.to_string())
    };
    let message = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}";
    for bad in ["a", "with space", "é é", &"x".repeat(65)] {
        assert_eq!(name(bad).unwrap_err(), message);
    }
    assert!(name("ab").is_ok() && name(&"x".repeat(64)).is_ok());

    let identity = |identity: &str| {
        verify(&response().source_identity(identity).mint()).map_err(|fault| fault.to_string())
    };
    assert_eq!(
        identity("aws:x").unwrap_err(),
        "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\""
    );

    let duration =
        |seconds| verify(&response().session_duration(Duration::from_secs(seconds)).mint());
    assert!(duration(899).is_err() && duration(43_201).is_err());
    assert!(duration(900).is_ok() && duration(43_200).is_ok());
}

#[test]
fn a_response_is_redeemed_within_five_minutes() {
    let text = response().mint();
    let after = |seconds| {
        saml::verify(
            &text,
            &metadata(),
            now() + Duration::from_secs(seconds),
            SamlAudience::Ignored,
        )
    };

    assert!(after(299).is_ok());
    // The built-in identity provider sets NotOnOrAfter to the same five minutes.
    let expired = after(300).unwrap_err();
    assert_eq!(
        (expired.code(), expired.to_string().as_str(), expired.cause().as_str()),
        ("ExpiredTokenException", "Response has expired", "NotOnOrAfter of Conditions has passed")
    );
    assert_eq!(after(301).unwrap_err().cause(), "IssueInstant is more than five minutes ago");
}

#[test]
fn a_session_that_has_ended_is_not_begun() {
    let ends_in = |seconds| {
        verify(&response().session_not_on_or_after(now() + Duration::from_secs(seconds)).mint())
    };

    assert!(ends_in(1).is_ok());
    let ended = ends_in(0).unwrap_err();
    assert_eq!(
        (ended.code(), ended.cause().as_str()),
        ("ExpiredTokenException", "SessionNotOnOrAfter has passed")
    );
}

#[test]
fn only_sign_in_endpoints_of_aws_are_recipients() {
    let recipient = |recipient: &str| verify(&response().recipient(recipient).mint()).is_ok();

    for good in [
        "https://signin.aws.amazon.com/saml",
        "https://eu-west-1.signin.aws.amazon.com/saml",
        "https://signin.amazonaws.cn/saml",
    ] {
        assert!(recipient(good), "{good}");
    }
    for bad in [
        "http://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com/saml/",
        "https://evil.example/.signin.aws.amazon.com/saml",
        "https://a.b.signin.aws.amazon.com/saml",
        "https://evilsignin.aws.amazon.com/saml",
        "https://.signin.aws.amazon.com/saml",
        "",
    ] {
        assert!(!recipient(bad), "{bad}");
    }
    assert!(verify(&response().audience("https://signin.aws.amazon.com/saml").mint()).is_ok());
}

#[test]
fn condition_keys_tell_of_issuer_subject_and_attributes() {
    let text = response()
        .attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", ["staff", "member"])
        .attribute("urn:oid:2.5.4.3", ["Alice"])
        .mint();
    let mut context = Context::new();

    condition_keys(&verify(&text).unwrap(), "111122223333", "Idp", &mut context);

    let get = |key: &str| context.get(key).unwrap_or_default().join(" ");
    assert_eq!(get("saml:aud"), "https://signin.aws.amazon.com/saml");
    assert_eq!(get("saml:iss"), "https://idp.example/metadata");
    assert_eq!(get("saml:sub"), "fake-sts-subject");
    assert_eq!(get("saml:sub_type"), "persistent");
    assert_eq!(get("saml:doc"), "111122223333/Idp");
    // Of printf 'https://idp.example/metadata111122223333/Idp' | openssl sha1 -binary | base64
    assert_eq!(get("saml:namequalifier"), "McGOrUsP/xDG1FfqqYO58D8V6Pw=");
    assert_eq!(get("saml:eduPersonAffiliation"), "staff member");
    assert_eq!(get("saml:cn"), "Alice");
}

#[test]
fn what_no_xml_can_hold_is_left_out_of_a_response() {
    let odd = "a\u{0}\u{1f}\u{fffe}\u{ffff}\u{fffd}\u{1f600}b";

    let verified = verify(&response().subject(odd).attribute(odd, [odd]).mint()).unwrap();

    assert_eq!(verified.subject, "a\u{fffd}\u{1f600}b");
    assert_eq!(verified.attributes["a\u{fffd}\u{1f600}b"], ["a\u{fffd}\u{1f600}b"]);
}

#[test]
fn spaces_and_line_breaks_in_the_base64_do_no_harm() {
    let text = response().mint();
    let folded = text
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>()
        .join("\r\n");

    assert!(verify(&folded).is_ok());
}

#[test]
fn neither_debug_output_nor_a_fault_tells_of_the_subject() {
    let assertion = verify(&response().subject("alice@example.com").mint()).unwrap();
    let fault = verify(&response().subject("alice@example.com").broken(Broken::Tampered).mint())
        .unwrap_err();

    for printed in
        [format!("{assertion:?}"), format!("{fault:?}"), fault.to_string(), fault.cause()]
    {
        assert!(!printed.contains("alice"), "{printed}");
    }
}

/// The text of a response, changed and encoded again.
fn changed(change: impl Fn(String) -> String) -> String {
    let xml =
        String::from_utf8(STANDARD.decode(response().subject("alice@example.com").mint()).unwrap())
            .unwrap();
    let changed = change(xml.clone());
    assert_ne!(changed, xml, "the change found nothing to change");
    STANDARD.encode(changed)
}

/// Some libraries read a text only up to a comment, which the canonical form leaves out: the signature still holds.
#[test]
fn a_comment_within_the_subject_does_not_cut_it_short() {
    let text = changed(|xml| xml.replace("alice@example.com", "alice@example.com<!-- -->"));
    let inside = changed(|xml| xml.replace("alice@example.com", "alice<!-- -->@example.com"));

    assert_eq!(verify(&text).unwrap().subject, "alice@example.com");
    assert_eq!(verify(&inside).unwrap().subject, "alice@example.com");
}

#[test]
fn wrapped_signatures_are_refused_in_every_arrangement() {
    let refused = |change: &dyn Fn(String) -> String| verify(&changed(change)).unwrap_err().code();
    let assertion = |xml: &str| {
        xml[xml.find("<saml:Assertion").unwrap()..xml.find("</samlp:Response>").unwrap()].to_owned()
    };
    let forged = |xml: &str| assertion(xml).replace("alice@example.com", "mallory@example.com");
    let unsigned = |xml: String| {
        let (start, end) = (
            xml.find("<ds:Signature ").unwrap(),
            xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len(),
        );
        format!("{}{}", &xml[..start], &xml[end..])
    };

    // A second assertion, before or behind, with the same ID or another.
    refused(&|xml| xml.replace("<saml:Assertion", &format!("{}<saml:Assertion", forged(&xml))));
    refused(&|xml| xml.replace("</samlp:Response>", &format!("{}</samlp:Response>", forged(&xml))));
    refused(&|xml| {
        xml.replace(
            "</samlp:Response>",
            &format!("{}</samlp:Response>", unsigned(forged(&xml).replace("_assertion", "_other"))),
        )
    });
    // The signed one inside of the forged one: in its signature, its subject or an extension.
    refused(&|xml| {
        let original = assertion(&xml);
        xml.replace(
            &original,
            &forged(&xml).replace("_assertion\"", "_forged\"").replace(
                "</ds:Signature>",
                &format!("<ds:Object>{original}</ds:Object></ds:Signature>"),
            ),
        )
    });
    refused(&|xml| {
        let original = assertion(&xml);
        xml.replace(
            &original,
            &unsigned(forged(&xml))
                .replace("ID=\"_assertion\"", "ID=\"_forged\"")
                .replace("</saml:Conditions>", &format!("{original}</saml:Conditions>")),
        )
    });
    // Two elements with the signed ID.
    refused(&|xml| {
        xml.replace("<samlp:Status>", "<samlp:Extensions ID=\"_assertion\"/><samlp:Status>")
    });
    // A signature that refers to something else, or to two things.
    refused(&|xml| xml.replace("URI=\"#_assertion\"", "URI=\"#_response\""));
    refused(&|xml| xml.replace("URI=\"#_assertion\"", "URI=\"\""));
    refused(&|xml| {
        let reference = xml
            [xml.find("<ds:Reference").unwrap()..xml.find("</ds:SignedInfo>").unwrap()]
            .to_owned();
        xml.replace(&reference, &reference.repeat(2))
    });
    // Another transform than those that are understood.
    refused(&|xml| {
        xml.replace("</ds:Transforms>", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"/></ds:Transforms>")
    });
    // A document type could bring entities.
    refused(&|xml| format!("<!DOCTYPE x [<!ENTITY e \"alice\">]>{xml}"));
}

#[test]
fn a_document_nested_without_end_is_refused() {
    let nested = |depth: usize| {
        let extension = format!(
            "<samlp:Extensions>{}{}</samlp:Extensions><samlp:Status>",
            "<a>".repeat(depth),
            "</a>".repeat(depth)
        );
        verify(&changed(|xml| xml.replace("<samlp:Status>", &extension)))
    };

    assert!(nested(40).is_ok());
    for depth in [100, 9_000] {
        assert_eq!(nested(depth).unwrap_err().cause(), "its elements are nested too deeply");
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(verify(&text).is_err());
        prop_assert!(verify(&STANDARD.encode(text)).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verify(&STANDARD.encode(bytes)).is_err());
    }

    /// What is outside of the signed assertion may change; what is read may not.
    #[test]
    fn a_response_with_any_byte_changed_is_refused_or_says_the_same(position in any::<prop::sample::Index>(), byte in 32_u8..127) {
        let text = response().mint();
        let mut bytes = STANDARD.decode(&text).unwrap();
        let position = position.index(bytes.len());
        bytes[position] = byte;
        if let Ok(assertion) = verify(&STANDARD.encode(bytes)) {
            prop_assert_eq!(assertion, verify(&text).unwrap());
        }
    }

    #[test]
    fn any_piece_of_a_response_is_read_without_a_panic(start in any::<prop::sample::Index>(), end in any::<prop::sample::Index>()) {
        let bytes = STANDARD.decode(response().mint()).unwrap();
        let (start, end) = (start.index(bytes.len()), end.index(bytes.len()));
        let _ = verify(&STANDARD.encode([&bytes[..start.min(end)], &bytes[start.max(end)..]].concat()));
    }
}

#[test]
fn an_encrypted_assertion_is_refused_by_name() {
    let xml = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:EncryptedAssertion/></samlp:Response>"#;

    let fault = verify(&STANDARD.encode(xml)).unwrap_err();

    assert_eq!(fault.to_string(), "Invalid base64 SAMLResponse");
    assert!(fault.cause().starts_with("the assertion is encrypted"), "{}", fault.cause());
}
