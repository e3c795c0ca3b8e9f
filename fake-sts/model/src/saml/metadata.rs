use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::certificate;
use super::document::{self, METADATA, SIGNATURE, children, only_child, text};

/// What an account knows of an identity provider, read from its metadata document.
///
/// See [SAML metadata](https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    entity_id: String,
    /// The DER of each `SubjectPublicKeyInfo`.
    public_keys: Vec<Vec<u8>>,
}

/// A metadata document that cannot be used.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is no XML.
    #[error("the metadata is no XML without a document type")]
    NotXml,
    /// It begins with a byte order mark, which IAM refuses.
    #[error("the metadata begins with a byte order mark; save it as UTF-8 without one")]
    ByteOrderMark,
    /// Its root is another element.
    #[error("the metadata must be one md:EntityDescriptor with an entityID")]
    NoEntity,
    /// The entity is no identity provider.
    #[error("the metadata has no IDPSSODescriptor")]
    NoIdentityProvider,
    /// No certificate to check signatures with.
    #[error(
        "the metadata has no KeyDescriptor for signing with a certificate of an RSA key of at least 1024 bits"
    )]
    NoCertificate,
}

impl Metadata {
    /// Reads a metadata document.
    ///
    /// # Errors
    ///
    /// When it is no metadata of an identity provider, or has no certificate that STS can use.
    pub fn parse(xml: &str) -> Result<Self, MetadataError> {
        if xml.starts_with('\u{feff}') {
            return Err(MetadataError::ByteOrderMark);
        }
        let document = document::parse(xml).map_err(|_| MetadataError::NotXml)?;
        let entity = Some(document.root_element())
            .filter(|root| root.has_tag_name((METADATA, "EntityDescriptor")));
        let entity = entity.ok_or(MetadataError::NoEntity)?;
        let entity_id = entity
            .attribute("entityID")
            .filter(|id| !id.is_empty())
            .ok_or(MetadataError::NoEntity)?;
        let descriptor = children(entity, METADATA, "IDPSSODescriptor")
            .next()
            .ok_or(MetadataError::NoIdentityProvider)?;
        let keys = children(descriptor, METADATA, "KeyDescriptor")
            .filter(|key| key.attribute("use").is_none_or(|purpose| purpose == "signing"));
        let certificates = keys
            .filter_map(|key| only_child(key, SIGNATURE, "KeyInfo"))
            .flat_map(|info| children(info, SIGNATURE, "X509Data"))
            .flat_map(|data| children(data, SIGNATURE, "X509Certificate"));
        let public_keys = certificates
            .filter_map(text)
            .filter_map(|text| {
                STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok()
            })
            .filter_map(|der| certificate::public_key(&der))
            .collect::<Vec<_>>();
        if public_keys.is_empty() {
            return Err(MetadataError::NoCertificate);
        }
        Ok(Self { entity_id: entity_id.to_owned(), public_keys })
    }

    /// The entity id, which is the issuer of the provider's responses.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    pub(super) fn public_keys(&self) -> &[Vec<u8>] {
        &self.public_keys
    }
}
