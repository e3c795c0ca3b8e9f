use serde::{Deserialize, Serialize};

use super::ContextProvider;

/// A SAML identity provider of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SamlProvider {
    /// The name, as in `arn:aws:iam::111122223333:saml-provider/<name>`.
    pub name: String,
    /// The metadata document, XML. Without one, it is that of the identity provider that each fake has built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// What of an assertion becomes the identity behind a session; nothing if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_provider: Option<ContextProvider>,
}

impl SamlProvider {
    /// A provider with a metadata document.
    #[must_use]
    pub fn new(name: impl Into<String>, metadata: impl Into<String>) -> Self {
        Self { metadata: Some(metadata.into()), ..Self::built_in(name) }
    }

    /// The provider of the identity provider that each fake has built in.
    #[must_use]
    pub fn built_in(name: impl Into<String>) -> Self {
        Self { name: name.into(), metadata: None, context_provider: None }
    }

    /// The provider with trusted identity propagation.
    #[must_use]
    pub fn context_provider(mut self, context_provider: ContextProvider) -> Self {
        self.context_provider = Some(context_provider);
        self
    }
}
