use fake_sts::saml::{Metadata, MetadataError};
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
fn a_key_without_a_purpose_signs_and_a_broken_certificate_beside_it_does_no_harm() {
    let xml = idp().metadata().unwrap().replace("use=\"signing\"", "");
    let xml = xml.replace(
        "<ds:X509Data>",
        "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data><ds:X509Data>",
    );

    let metadata = Metadata::parse(&xml).unwrap();

    assert!(fake_sts::saml::verify(&response().mint(), &metadata, super::now()).is_ok());
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
