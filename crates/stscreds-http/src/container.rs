mod authorization;
mod builder;
mod variables;

use std::fmt;

use async_trait::async_trait;
use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Method};
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource};
use stscreds_transport::HttpClient;

use self::authorization::Authorization;
pub use self::builder::ContainerCredentialsBuilder;
use crate::client::USER;
use crate::form::wipe;
use crate::local::{Endpoint, Failure, LocalSource, credentials};

/// The credentials of a container: of an
/// [ECS task](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html),
/// of [EKS Pod Identity](https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html),
/// or of a broker on this machine.
///
/// Each call is a request: put a cache in front. Plain `http` is accepted for loopback
/// and for the addresses that AWS uses, checked on the address that is connected to.
/// Redirects are not followed, proxies not used.
///
/// ```
/// # #[cfg(feature = "hyper")] fn example() -> Result<(), stscreds_core::Error> {
/// use stscreds_http::ContainerCredentials;
///
/// // What ECS and EKS set: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or .._FULL_URI.
/// let provider = ContainerCredentials::from_env()?;
/// # Ok(()) }
/// ```
pub struct ContainerCredentials {
    endpoint: Endpoint,
    authorization: Authorization,
    source: LocalSource,
}

impl ContainerCredentials {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "ContainerCredentials";

    /// The endpoint that environment variables name.
    ///
    /// | variable | |
    /// |---|---|
    /// | `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` | a path at `http://169.254.170.2`; comes first |
    /// | `AWS_CONTAINER_CREDENTIALS_FULL_URI` | a URL |
    /// | `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` | the file with the token to show; read at each call |
    /// | `AWS_CONTAINER_AUTHORIZATION_TOKEN` | the token itself, if there is no file |
    ///
    /// # Errors
    ///
    /// [`NoCredentials`](stscreds_core::ErrorKind::NoCredentials) if neither of the
    /// first two is set; otherwise
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration) naming
    /// the variable.
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    pub fn from_env() -> Result<Self, Error> {
        variables::builder(crate::environment::variable, builder::default_http())
            .map(ContainerCredentialsBuilder::build)
    }

    /// The endpoint at this URL, asked by this HTTP client.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration) if it is
    /// not a URL, or plain `http` to an address that is neither loopback nor AWS's.
    pub fn builder(
        url: impl AsRef<str>,
        http: impl HttpClient + 'static,
    ) -> Result<ContainerCredentialsBuilder, Error> {
        let endpoint = Endpoint::parse("URL of container credentials", url.as_ref().trim())?;
        Ok(ContainerCredentialsBuilder::new(endpoint, std::sync::Arc::new(http)))
    }

    async fn fetch_repeatedly(&self) -> Result<Credentials, Failure> {
        let mut retry = 0;
        loop {
            match self.fetch().await {
                Ok(credentials) => return Ok(credentials),
                Err(failure) => retry = self.source.next_retry(retry, failure).await?,
            }
        }
    }

    async fn fetch(&self) -> Result<Credentials, Failure> {
        let authorization = self.authorization.header().await.map_err(Failure::never)?;
        let mut request = self.endpoint.request(None).await.map_err(Failure::never)?;
        *request.method_mut() = Method::GET;
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(USER));
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        let response = self.source.send(request).await?;
        let body = response.into_body();
        let result = credentials(WHAT, &body, Self::NAME, ProviderSource::Container);
        wipe(body);
        result
    }
}

/// # Errors
///
/// Naming the endpoint. What the endpoint itself says, such as a command to run, is in the
/// text. HTTP 4xx is final, everything else was tried three times.
///
/// # Cancel safety
///
/// Dropping the future abandons the request.
#[async_trait]
impl CredentialsProvider for ContainerCredentials {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let credentials = self.fetch_repeatedly().await;
        let credentials =
            credentials.map_err(|failure| failure.error.with_context(self.endpoint.shown()))?;
        tracing::debug!(
            access_key_id = credentials.access_key_id(),
            "fetched container credentials"
        );
        Ok(credentials)
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Container]
    }
}

impl fmt::Debug for ContainerCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerCredentials")
            .field("endpoint", &self.endpoint.shown())
            .field("authorization", &self.authorization)
            .field("source", &self.source)
            .finish()
    }
}

const WHAT: &str = "the container credentials endpoint";
