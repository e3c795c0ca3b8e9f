use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ContextProvider;

/// An OIDC identity provider of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OidcProvider {
    /// The issuer: `https://`, a host and perhaps a path. Empty for the built-in issuer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The audiences that tokens may be for, at most 100.
    #[serde(default)]
    pub client_ids: Vec<String>,
    /// Certificate thumbprints, 40 hexadecimal digits each, at most 5. Issuers behind certificates of public authorities need none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thumbprints: Vec<String>,
    /// Where the issuer's keys come from.
    #[serde(default)]
    pub keys: OidcKeys,
    /// What of a token becomes the identity behind a session; nothing if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_provider: Option<ContextProvider>,
}

/// Where the keys of an issuer come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OidcKeys {
    /// From the issuer itself, over HTTP: its discovery document names its key set.
    #[default]
    Discovery,
    /// From here, over HTTP: a discovery document at another address than the issuer's, such as a container's.
    DiscoveryAt(String),
    /// This key set ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).
    Jwks(Value),
    /// The keys of the issuer that each fake has built in.
    BuiltIn,
}

impl OidcProvider {
    /// A provider with an issuer URL, whose keys are fetched from there.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client_ids: Vec::new(),
            thumbprints: Vec::new(),
            keys: OidcKeys::Discovery,
            context_provider: None,
        }
    }

    /// The provider of the issuer that each fake has built in.
    #[must_use]
    pub fn built_in() -> Self {
        Self { keys: OidcKeys::BuiltIn, ..Self::new(String::new()) }
    }

    /// The provider with one more audience.
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_ids.push(client_id.into());
        self
    }

    /// The provider with a certificate thumbprint.
    #[must_use]
    pub fn thumbprint(mut self, thumbprint: impl Into<String>) -> Self {
        self.thumbprints.push(thumbprint.into());
        self
    }

    /// The provider with a given key set, so that nothing is fetched.
    #[must_use]
    pub fn jwks(mut self, jwks: Value) -> Self {
        self.keys = OidcKeys::Jwks(jwks);
        self
    }

    /// The provider with the keys that the built-in issuer signs with, under the URL it was made for.
    #[must_use]
    pub fn built_in_keys(mut self) -> Self {
        self.keys = OidcKeys::BuiltIn;
        self
    }

    /// The provider with trusted identity propagation.
    #[must_use]
    pub fn context_provider(mut self, context_provider: ContextProvider) -> Self {
        self.context_provider = Some(context_provider);
        self
    }

    /// The provider with its discovery document at another address.
    #[must_use]
    pub fn discovery_at(mut self, url: impl Into<String>) -> Self {
        self.keys = OidcKeys::DiscoveryAt(url.into());
        self
    }
}
