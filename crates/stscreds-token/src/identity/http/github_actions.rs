use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind, SecretString};

use super::IdentityTokenUrl;
use super::url::DEFAULT_TIMEOUT;
use crate::{IdentityToken, IdentityTokenRetriever};

/// The identity token of a job of GitHub Actions, asked for anew each time.
///
/// The job needs the permission `id-token: write`; GitHub then sets
/// `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, which are
/// read at each call. See
/// [OpenID Connect reference](https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token).
///
/// ```
/// use stscreds_token::IdentityTokenGitHubActions;
///
/// let retriever = IdentityTokenGitHubActions::new();
/// let in_china = IdentityTokenGitHubActions::new().audience("sts.amazonaws.com.cn");
/// ```
#[derive(Debug, Clone)]
pub struct IdentityTokenGitHubActions {
    endpoint: Endpoint,
    audience: Cow<'static, str>,
    timeout: Duration,
}

/// The URL is redacted like a secret: it may hold one.
#[derive(Debug, Clone)]
enum Endpoint {
    OfTheEnvironment,
    Given { url: SecretString, request_token: SecretString },
}

impl IdentityTokenGitHubActions {
    /// The token of the job that this process is part of, for the audience
    /// `sts.amazonaws.com`.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Endpoint::OfTheEnvironment)
    }

    /// The same with the values of the two variables, for a process that does not
    /// inherit them.
    #[must_use]
    pub fn with_request(
        url: impl Into<SecretString>,
        request_token: impl Into<SecretString>,
    ) -> Self {
        Self::with(Endpoint::Given { url: url.into(), request_token: request_token.into() })
    }

    /// Whom the token is for: what the identity provider in IAM lists.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.audience = audience.into();
        self
    }

    /// How long GitHub may take: 10 s if not set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn with(endpoint: Endpoint) -> Self {
        Self { endpoint, audience: Cow::Borrowed(AUDIENCE_OF_STS), timeout: DEFAULT_TIMEOUT }
    }

    async fn ask(&self) -> Result<IdentityToken, Error> {
        let (url, request_token): (SecretString, SecretString) = match &self.endpoint {
            Endpoint::OfTheEnvironment => (variable(URL)?.into(), variable(REQUEST_TOKEN)?.into()),
            Endpoint::Given { url, request_token } => (url.clone(), request_token.clone()),
        };
        IdentityTokenUrl::new(url.expose())
            .and_then(|url| url.bearer_token(request_token))
            .map_err(|error| error.with_context("GitHub Actions"))?
            .query("audience", &self.audience)
            .json_member("value")
            .timeout(self.timeout)
            .identity_token()
            .await
    }
}

impl Default for IdentityTokenGitHubActions {
    fn default() -> Self {
        Self::new()
    }
}

/// # Errors
///
/// [`IdentityTokenMissing`](ErrorKind::IdentityTokenMissing) outside of a job with
/// the permission; otherwise as [`IdentityTokenUrl`].
///
/// # Cancel safety
///
/// Dropping the future abandons the request.
#[async_trait]
impl IdentityTokenRetriever for IdentityTokenGitHubActions {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.ask().await
    }
}

const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// What GitHub's own action for AWS asks for.
const AUDIENCE_OF_STS: &str = "sts.amazonaws.com";

#[expect(clippy::disallowed_methods, reason = "the variables that the type is named for")]
fn variable(name: &str) -> Result<String, Error> {
    // The error of `var` would carry the value along.
    std::env::var(name).map_err(|_| {
        let what = format!(
            "the environment variable {name} is not set; has the job of GitHub Actions the permission id-token: write?"
        );
        Error::new(ErrorKind::IdentityTokenMissing, what)
    })
}
