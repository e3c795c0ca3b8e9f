use std::sync::OnceLock;

use super::{AccountId, ContextProvider, SamlProvider};
use crate::saml::{IdentityProvider, Metadata, MetadataError};

/// A SAML provider as look-ups find it.
#[derive(Debug)]
#[non_exhaustive]
pub struct SamlRecord {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// What of an assertion becomes the identity behind a session.
    pub context_provider: Option<ContextProvider>,
    /// Empty until the first use for the built-in identity provider, whose certificate takes a while to make.
    metadata: OnceLock<Option<Metadata>>,
}

impl SamlRecord {
    pub(super) fn new(
        account: AccountId,
        provider: &SamlProvider,
        arn: String,
    ) -> Result<Self, MetadataError> {
        let given = OnceLock::new();
        if let Some(xml) = &provider.metadata {
            let _ = given.set(Some(Metadata::parse(xml)?));
        }
        let SamlProvider { name, context_provider, .. } = provider.clone();
        Ok(Self { account, name, arn, context_provider, metadata: given })
    }

    /// What is known of the identity provider; nothing only if the system cannot make keys.
    #[must_use]
    pub fn metadata(&self) -> Option<&Metadata> {
        let built_in = || {
            let xml = IdentityProvider::new(BUILT_IN_IDENTITY_PROVIDER).metadata().ok()?;
            Metadata::parse(&xml).ok()
        };
        self.metadata.get_or_init(built_in).as_ref()
    }
}

/// The entity id of the built-in identity provider. The name is reserved for tests (RFC 6761).
pub const BUILT_IN_IDENTITY_PROVIDER: &str = "https://idp.fake-sts.test/metadata";
