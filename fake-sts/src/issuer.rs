//! The identity provider that each fake has built in.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::endpoints::TokenFile;
use crate::oidc::{Issuer, TokenBuilder};
#[cfg(feature = "saml")]
use crate::saml::{AssertionBuilder, IdentityProvider};

/// The lifetime that EKS gives projected tokens.
const PROJECTED: Duration = Duration::from_secs(86_400);

/// An OIDC issuer whose tokens follow the virtual clock.
///
/// Its keys are real and made once per process, when the first token is signed or checked.
#[derive(Clone, Debug)]
pub struct BuiltInIssuer {
    issuer: Issuer,
    clock: Clock,
}

impl BuiltInIssuer {
    pub(crate) fn new(issuer: Issuer, clock: Clock) -> Self {
        Self { issuer, clock }
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        self.issuer.url()
    }

    /// A token as a cluster of EKS projects it into a pod: of a service account, for the audience `sts.amazonaws.com`, and good for a day.
    ///
    /// See [IAM roles for service accounts](https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html).
    #[must_use]
    pub fn projected_token(&self, namespace: &str, service_account: &str) -> TokenBuilder {
        let uid = |name: &str| {
            let digest = Sha256::digest(name);
            let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
            uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
        };
        let pod = format!("{service_account}-7d4f8");
        let kubernetes = serde_json::json!({
            "namespace": namespace,
            "pod": {"name": pod, "uid": uid(&pod)},
            "serviceaccount": {"name": service_account, "uid": uid(service_account)},
        });
        self.token()
            .subject(format!("system:serviceaccount:{namespace}:{service_account}"))
            .audiences(["sts.amazonaws.com"])
            .claim("kubernetes.io", kubernetes)
            .expires_in(PROJECTED)
    }

    /// Keeps a token in a file, and replaces it when 80 percent of its life are over, as the kubelet does in a pod.
    ///
    /// ```no_run
    /// # fn example(sts: &fake_sts::FakeSts) -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// let issuer = sts.issuer();
    /// let token = issuer.projected_token("jobs", "report");
    /// let kept = issuer.keep_token_file(token, Duration::from_secs(3600), "token")?; // AWS_WEB_IDENTITY_TOKEN_FILE
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// When the file cannot be written, the token not be signed, or there can be no more threads.
    pub fn keep_token_file(
        &self,
        token: TokenBuilder,
        lifetime: Duration,
        path: impl Into<PathBuf>,
    ) -> io::Result<TokenFile> {
        TokenFile::new(&self.clock, token, lifetime, path.into())
    }

    /// A token that is issued now, for the audience `sts.amazonaws.com`, and expires in an hour.
    #[must_use]
    pub fn token(&self) -> TokenBuilder {
        self.issuer.token_at(self.clock.now())
    }
}

/// A SAML identity provider whose assertions follow the virtual clock.
#[cfg(feature = "saml")]
#[derive(Clone, Debug)]
pub struct BuiltInIdentityProvider {
    provider: IdentityProvider,
    clock: Clock,
}

#[cfg(feature = "saml")]
impl BuiltInIdentityProvider {
    pub(crate) fn new(provider: IdentityProvider, clock: Clock) -> Self {
        Self { provider, clock }
    }

    /// The issuer of its assertions.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        self.provider.entity_id()
    }

    /// An assertion that is issued now, and has to be redeemed within five minutes.
    #[must_use]
    pub fn assertion(&self) -> AssertionBuilder {
        self.provider.assertion_at(self.clock.now())
    }
}
