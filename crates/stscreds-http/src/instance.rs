mod builder;
mod token;
mod variables;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderValue, Request, StatusCode};
use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_transport::HttpClient;

pub use self::builder::InstanceCredentialsBuilder;
use self::token::Tokens;
use crate::client::USER;
use crate::form::wipe;
use crate::local::{Endpoint, Failure, LocalSource, credentials};

/// The credentials of the role of an EC2 instance, from its
/// [metadata service](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
///
/// By version 2 of the service: with a token, which is kept for its six hours. Version 1
/// is not used. Each call is two requests more: put a cache in front. Redirects are not
/// followed, proxies not used.
///
/// ```
/// # #[cfg(feature = "hyper")] fn example() -> Result<(), stscreds_core::Error> {
/// use stscreds_http::InstanceCredentials;
///
/// let provider = InstanceCredentials::from_env()?;
/// # Ok(()) }
/// ```
pub struct InstanceCredentials {
    endpoint: Endpoint,
    tokens: Tokens,
    source: LocalSource,
}

impl InstanceCredentials {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "InstanceCredentials";

    /// The metadata service, as environment variables have it.
    ///
    /// | variable | |
    /// |---|---|
    /// | `AWS_EC2_METADATA_DISABLED` | `true`: there are no credentials |
    /// | `AWS_EC2_METADATA_SERVICE_ENDPOINT` | the URL of the service |
    /// | `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` | `IPv4` (`http://169.254.169.254`) or `IPv6` (`http://[fd00:ec2::254]`), without a URL |
    ///
    /// # Errors
    ///
    /// [`NoCredentials`](ErrorKind::NoCredentials) if the service is disabled;
    /// otherwise [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) naming the
    /// variable.
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    pub fn from_env() -> Result<Self, Error> {
        variables::builder(crate::environment::variable, builder::default_http())
            .map(InstanceCredentialsBuilder::build)
    }

    /// The metadata service at this URL, usually `http://169.254.169.254`, asked by
    /// this HTTP client.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if it is not a URL, or
    /// plain `http` to an address that is neither loopback nor AWS's.
    pub fn builder(
        url: impl AsRef<str>,
        http: impl HttpClient + 'static,
    ) -> Result<InstanceCredentialsBuilder, Error> {
        let endpoint = Endpoint::parse("URL of instance metadata", url.as_ref().trim())?;
        Ok(InstanceCredentialsBuilder::new(endpoint, std::sync::Arc::new(http)))
    }

    async fn fetch_repeatedly(&self) -> Result<Credentials, Failure> {
        let mut retry = 0;
        loop {
            let failure = match self.fetch().await {
                Ok(credentials) => return Ok(credentials),
                Err(failure) => failure,
            };
            // Where there is no such service, a program should learn of it in a second.
            if matches!(failure.error.kind(), ErrorKind::ConnectionFailed | ErrorKind::TimedOut) {
                return Err(failure);
            }
            retry = self.source.next_retry(retry, failure).await?;
        }
    }

    /// With another token if the service no longer takes the one that was kept.
    async fn fetch(&self) -> Result<Credentials, Failure> {
        match self.fetch_once().await {
            Err(failure) if failure.status == Some(StatusCode::UNAUTHORIZED) => {
                self.tokens.forget();
                self.fetch_once().await
            }
            outcome => outcome,
        }
    }

    async fn fetch_once(&self) -> Result<Credentials, Failure> {
        let roles = self.get(ROLES).await.map_err(|failure| match failure.status {
            Some(StatusCode::NOT_FOUND) => {
                let what = "the instance has no IAM role: attach an instance profile";
                Failure::never(Error::new(ErrorKind::NoCredentials, what).unrecoverable())
            }
            _ => failure,
        })?;
        let role = std::str::from_utf8(&roles).ok().and_then(|text| text.lines().next());
        let role = role.map(str::trim).filter(|role| is_role_name(role)).ok_or_else(|| {
            let what = format!("the response of {WHAT} is not the name of a role");
            Failure::again(Error::new(ErrorKind::MalformedResponse, what))
        })?;
        let body = self.get(&format!("{ROLES}{role}")).await?;
        let result = credentials(WHAT, &body, Self::NAME, ProviderSource::Instance);
        wipe(body);
        result
    }

    async fn get(&self, path: &str) -> Result<Bytes, Failure> {
        let token = self.tokens.current(&self.endpoint, &self.source).await?;
        let mut request = request(&self.endpoint, path).await?;
        request.headers_mut().insert(token::HEADER, token);
        self.source.send(request).await.map(http::Response::into_body)
    }
}

/// # Errors
///
/// Naming the endpoint. A service that does not respond is not asked again; HTTP 5xx
/// was tried three times.
///
/// # Cancel safety
///
/// Dropping the future abandons the request.
#[async_trait]
impl CredentialsProvider for InstanceCredentials {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let credentials = self.fetch_repeatedly().await;
        let credentials =
            credentials.map_err(|failure| failure.error.with_context(self.endpoint.shown()))?;
        tracing::debug!(
            access_key_id = credentials.access_key_id(),
            "fetched instance credentials"
        );
        Ok(credentials)
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Instance]
    }
}

impl fmt::Debug for InstanceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceCredentials")
            .field("endpoint", &self.endpoint.shown())
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

async fn request(endpoint: &Endpoint, path: &str) -> Result<Request<Bytes>, Failure> {
    let mut request = endpoint.request(Some(path)).await.map_err(Failure::never)?;
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(USER));
    Ok(request)
}

/// As [IAM](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html) has
/// it, so that a response cannot lead to another path.
fn is_role_name(name: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (1..=128).contains(&name.len()) && name.chars().all(of_name)
}

const WHAT: &str = "the instance metadata service";

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
