use fake_sts::saml::{Metadata, MetadataError};
use fake_sts::switches::SamlAudience;
use proptest::prelude::*;

use super::{idp, response, verify};

#[track_caller]
fn check(change: impl Fn(&str) -> String, error: MetadataError) {
    let xml = idp().metadata().unwrap();
    let changed = change(&xml);
    assert_ne!(changed, xml, "the change found nothing to change");
    assert_eq!(Metadata::parse(&changed).unwrap_err(), error);
}

#[test]
fn metadata_names_the_entity_and_its_certificates() {
    let metadata = Metadata::parse(&idp().metadata().unwrap()).unwrap();

    assert_eq!(metadata.entity_id(), "https://idp.example/metadata");
}

#[test]
fn what_is_no_metadata_of_an_identity_provider_is_a_typed_error() {
    check(|xml| xml.replace("</md:EntityDescriptor>", ""), MetadataError::NotXml);
    check(
        |xml| xml.replace("<md:EntityDescriptor", "<!DOCTYPE x><md:EntityDescriptor"),
        MetadataError::NotXml,
    );
    check(|xml| xml.replace("EntityDescriptor", "EntitiesDescriptor"), MetadataError::NoEntity);
    check(
        |xml| xml.replace("entityID=\"https://idp.example/metadata\"", "entityID=\"\""),
        MetadataError::NoEntity,
    );
    check(
        |xml| xml.replace("IDPSSODescriptor", "SPSSODescriptor"),
        MetadataError::NoIdentityProvider,
    );
    check(|xml| xml.replace("use=\"signing\"", "use=\"encryption\""), MetadataError::NoCertificate);
    check(
        |xml| xml.replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"),
        MetadataError::NoCertificate,
    );
}

#[test]
fn metadata_that_iam_refuses_are_refused_at_the_start() {
    check(|xml| format!("\u{feff}{xml}"), MetadataError::ByteOrderMark);
    check(|xml| with_certificate(xml, RSA_768), MetadataError::NoCertificate);
}

fn with_certificate(xml: &str, certificate: &str) -> String {
    let (before, rest) = xml.split_once("<ds:X509Certificate>").unwrap();
    let (_, after) = rest.split_once("</ds:X509Certificate>").unwrap();
    format!("{before}<ds:X509Certificate>{certificate}</ds:X509Certificate>{after}")
}

/// A certificate of an RSA key of 768 bits, made with openssl.
const RSA_768: &str = "MIIBsTCCATugAwIBAgIUDbjoug9J0wASxz4y7zMiuNNdnbUwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBeDAgFw0yNjEyMDEwNDA3NTBaGA8yMDUxMDcyMzA0MDc1MFowDDEKMAgGA1UEAwwBeDB8MA0GCSqGSIb3DQEBAQUAA2sAMGgCYQDD6H0ikGJi8N24MINKmTpSG1IIcflX01Qp+nEwSyNJ0W2q+W60jTd3QeJXpDWDtO07KxNEyv3Sl5sNavBcz4GSXjFggq4tHEQbm9hcWYilKem+XT7ybwLwK8W8IMtec78CAwEAAaNTMFEwHQYDVR0OBBYEFFgDUbV+UFZUrJcGbv5gWARiG+dfMB8GA1UdIwQYMBaAFFgDUbV+UFZUrJcGbv5gWARiG+dfMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADYQB6chmUQegHo3nQ7SnzC2WXBI/KPdf2nI7LWEfR0ov9aqyRLj2q5AzJa64ViI6HQBfbcSv9M6H0223FNDgPW1ZMEl/sSigNe4GR8gFCPgNExKrAmQmDAFN3QLYtbQNNamA=";

#[test]
fn a_key_without_a_purpose_signs_and_a_broken_certificate_beside_it_does_no_harm() {
    let xml = idp().metadata().unwrap().replace("use=\"signing\"", "");
    let xml = xml.replace(
        "<ds:X509Data>",
        "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data><ds:X509Data>",
    );

    let metadata = Metadata::parse(&xml).unwrap();

    assert!(
        fake_sts::saml::verify(&response().mint(), &metadata, super::now(), SamlAudience::Ignored)
            .is_ok()
    );
    assert!(verify(&response().mint()).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(Metadata::parse(&text).is_err());
    }

    #[test]
    fn any_piece_of_metadata_is_read_without_a_panic(start in any::<prop::sample::Index>(), end in any::<prop::sample::Index>()) {
        let xml = idp().metadata().unwrap();
        let (start, end) = (start.index(xml.len()), end.index(xml.len()));
        let _ = Metadata::parse(&format!("{}{}", &xml[..start.min(end)], &xml[start.max(end)..]));
    }
}
