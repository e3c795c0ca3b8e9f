use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::algorithm::Algorithm;
use super::builder::TokenBuilder;
use super::key_set::KeySet;

/// The built-in issuer: signs tokens with real keys under any issuer URL.
///
/// ```
/// use std::time::SystemTime;
/// use fake_sts_model::oidc::{Issuer, Rules, Token};
///
/// let issuer = Issuer::new("https://token.actions.githubusercontent.com");
/// let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
/// let text = issuer.token_at(now).subject("repo:octo/cat:ref:refs/heads/main").mint();
///
/// let clients = ["sts.amazonaws.com".to_owned()];
/// let token = Token::parse(&text)?.verify(&issuer.keys(), now, &Rules::new(&clients))?;
/// assert_eq!(token.subject, "repo:octo/cat:ref:refs/heads/main");
/// # Ok::<(), fake_sts_model::oidc::TokenFault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    url: Arc<str>,
}

impl Issuer {
    /// The issuer of a URL, which becomes the `iss` of its tokens.
    #[must_use]
    pub fn new(url: impl Into<Arc<str>>) -> Self {
        Self { url: url.into() }
    }

    /// The issuer URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The keys its tokens are checked against.
    #[must_use]
    pub fn keys(&self) -> KeySet {
        KeySet::built_in()
    }

    /// A token that is issued now, for the audience `sts.amazonaws.com`, and expires in an hour.
    #[must_use]
    pub fn token_at(&self, now: SystemTime) -> TokenBuilder {
        TokenBuilder::new(&self.url, now)
    }

    /// The document to serve under [`Issuer::DISCOVERY_PATH`].
    ///
    /// `jwks_uri` is where [`Issuer::keys`] are served; it need not be below the issuer's URL.
    ///
    /// See [OpenID Connect Discovery](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata).
    #[must_use]
    pub fn discovery(&self, jwks_uri: &str) -> Value {
        json!({
            "issuer": self.url(),
            "jwks_uri": jwks_uri,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
            "claims_supported": ["aud", "exp", "iat", "iss", "nbf", "sub"],
        })
    }

    /// Where discovery looks, below the issuer's URL.
    pub const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

    /// Where STS's own issuers keep their keys, below the issuer's URL.
    pub const JWKS_PATH: &str = "/.well-known/jwks.json";
}

/// The URL of the built-in issuer. The name is reserved for tests (RFC 6761) and belongs to nobody.
pub const BUILT_IN_ISSUER: &str = "https://oidc.fake-sts.test";
