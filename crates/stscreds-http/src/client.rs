mod attempt;
mod builder;
mod call;
mod failure;
mod offset;
mod operation;
mod presigned;

use std::fmt;
use std::sync::Arc;

use stscreds_core::{Clock, CredentialsProvider, Timestamp};
use stscreds_transport::HttpClient;

pub(crate) use self::attempt::{USER, header, sensitive};
pub use self::builder::{StsHttpClientBuilder, Timeouts};
pub(crate) use self::failure::caused;
use self::offset::Offset;
pub use self::presigned::PresignedRequest;
use crate::StsEndpoint;
use crate::retry::{RetryBudget, RetryPolicy};

/// STS over HTTP, as the providers see it.
///
/// It implements every view of `stscreds-provider`:
/// [`AssumeRoleClient`](stscreds_provider::AssumeRoleClient),
/// [`AssumeRoleWithWebIdentityClient`](stscreds_provider::AssumeRoleWithWebIdentityClient),
/// [`AssumeRoleWithSamlClient`](stscreds_provider::AssumeRoleWithSamlClient),
/// [`SessionTokenClient`](stscreds_provider::SessionTokenClient),
/// [`FederationTokenClient`](stscreds_provider::FederationTokenClient),
/// [`OutboundTokenClient`](stscreds_provider::OutboundTokenClient),
/// [`ScopedCredentialsClient`](stscreds_provider::ScopedCredentialsClient) and
/// [`CallerIdentityClient`](stscreds_provider::CallerIdentityClient).
///
/// - **Credentials** are asked for at each request that must be signed: give a cache.
///   If STS says that they have expired, the cache learns of it, and the request is
///   repeated once with other ones.
/// - **Retries** follow the [`RetryPolicy`], **timeouts** are [`Timeouts`].
/// - **An MFA code** is sent once. A request with one is repeated only if nothing of it
///   was written, or if STS answered that it throttles; otherwise the error says that
///   the code may be spent.
/// - **A clock that is off** is corrected: if STS rejects a signature as too old or too
///   new, the request is repeated once, signed for the time in the `Date` of the
///   response, and later requests are signed for that time at once.
///
/// Cheap to clone; clones share the budget for retries.
///
/// ```no_run
/// use stscreds_core::{Credentials, CredentialsProvider, Error};
/// use stscreds_http::StsHttpClient;
/// use stscreds_provider::AssumeRoleProvider;
///
/// # async fn example() -> Result<(), Error> {
/// let keys = Credentials::new("AKIAEXAMPLE", "a secret");
/// let sts = StsHttpClient::new("eu-central-1".parse()?, keys);
///
/// let role = "arn:aws:iam::111122223333:role/deploy".parse()?;
/// let credentials = AssumeRoleProvider::builder(sts, role).build().credentials().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct StsHttpClient(Arc<Shared>);

struct Shared {
    endpoint: StsEndpoint,
    http: Arc<dyn HttpClient>,
    credentials: Option<Arc<dyn CredentialsProvider>>,
    clock: Clock,
    timeouts: Timeouts,
    retries: RetryPolicy,
    budget: RetryBudget,
    random: Box<dyn Fn() -> f64 + Send + Sync>,
    offset: Offset,
    on_date: Option<OnDate>,
}

/// What is called with the server's time and the local one.
type OnDate = Box<dyn Fn(Timestamp, Timestamp) + Send + Sync>;

impl StsHttpClient {
    /// STS at this endpoint, requests signed with these credentials.
    ///
    /// By [`HyperClient`](stscreds_transport::HyperClient), without proxies.
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    #[must_use]
    pub fn new(endpoint: StsEndpoint, credentials: impl CredentialsProvider + 'static) -> Self {
        Self::builder(endpoint, stscreds_transport::HyperClient::new())
            .credentials(credentials)
            .build()
    }

    /// STS at this endpoint, without credentials: for web identities and SAML, whose
    /// requests are not signed.
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    #[must_use]
    pub fn unsigned(endpoint: StsEndpoint) -> Self {
        Self::builder(endpoint, stscreds_transport::HyperClient::new()).build()
    }

    /// STS as environment variables describe it, with the proxies and the CA bundle
    /// that they name.
    ///
    /// See [`EndpointSettings::from_env`](crate::EndpointSettings::from_env) and
    /// [`HyperClient::from_env`](stscreds_transport::HyperClient::from_env).
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](stscreds_core::ErrorKind::InvalidConfiguration) naming
    /// the variable.
    #[cfg(feature = "hyper")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
    pub fn from_env(
        credentials: impl CredentialsProvider + 'static,
    ) -> Result<Self, stscreds_core::Error> {
        let http = stscreds_transport::HyperClient::from_env().map_err(|failure| {
            let kind = stscreds_core::ErrorKind::InvalidConfiguration;
            caused(kind, failure.to_string(), failure)
        })?;
        Ok(Self::builder(StsEndpoint::from_env()?, http).credentials(credentials).build())
    }

    /// STS at this endpoint by an HTTP client of your own.
    pub fn builder(endpoint: StsEndpoint, http: impl HttpClient + 'static) -> StsHttpClientBuilder {
        StsHttpClientBuilder::new(endpoint, Arc::new(http))
    }

    /// The endpoint that requests are sent to.
    #[must_use]
    pub fn endpoint(&self) -> &StsEndpoint {
        &self.0.endpoint
    }
}

impl fmt::Debug for StsHttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { endpoint, http, credentials, timeouts, retries, .. } = &*self.0;
        f.debug_struct("StsHttpClient")
            .field("endpoint", endpoint)
            .field("http", http)
            .field("is_signing", &credentials.is_some())
            .field("timeouts", timeouts)
            .field("retries", retries)
            .finish_non_exhaustive()
    }
}
