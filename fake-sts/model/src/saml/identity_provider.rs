use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::builder::AssertionBuilder;
use super::certificate;
use super::document::{METADATA, PROTOCOL, SIGNATURE, escape};
use crate::oidc::MintError;

/// The built-in identity provider: issues assertions with a real key under any entity id.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use fake_sts_model::saml::{self, IdentityProvider, Metadata};
/// use fake_sts_model::switches::SamlAudience;
///
/// let idp = IdentityProvider::new("https://idp.example/metadata");
/// let metadata = Metadata::parse(&idp.metadata()?)?;
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
/// let (provider, role) = ("arn:aws:iam::111122223333:saml-provider/Idp", "arn:aws:iam::111122223333:role/saml");
///
/// let response = idp.assertion_at(now).subject("alice@example.com").role(provider, role).mint();
/// assert!(saml::verify(&response, &metadata, now, SamlAudience::Checked)?.has_role(provider, role));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    entity_id: Arc<str>,
}

impl IdentityProvider {
    /// The identity provider of an entity id, which becomes the issuer of its assertions.
    #[must_use]
    pub fn new(entity_id: impl Into<Arc<str>>) -> Self {
        Self { entity_id: entity_id.into() }
    }

    /// The entity id.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// The metadata document that an account creates its provider from.
    ///
    /// # Errors
    ///
    /// When the system cannot generate a key.
    pub fn metadata(&self) -> Result<String, MintError> {
        let certificate = STANDARD.encode(certificate::built_in().ok_or(MintError::Key)?);
        let entity_id = escape(&self.entity_id);
        Ok(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <md:EntityDescriptor xmlns:md=\"{METADATA}\" entityID=\"{entity_id}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\">\
             <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{SIGNATURE}\"><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{entity_id}\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>"
        ))
    }

    /// An assertion that is issued now, for a session named `fake-sts-session`, and has to be redeemed within five minutes.
    #[must_use]
    pub fn assertion_at(&self, now: SystemTime) -> AssertionBuilder {
        AssertionBuilder::new(Arc::clone(&self.entity_id), now)
    }
}
