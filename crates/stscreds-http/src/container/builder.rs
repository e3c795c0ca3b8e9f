use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use stscreds_core::SecretString;
use stscreds_transport::HttpClient;

use super::authorization::Authorization;
use super::{ContainerCredentials, WHAT};
use crate::local::{Endpoint, LocalSource};
use crate::retry::RetryPolicy;

/// Builds [`ContainerCredentials`]; made by [`ContainerCredentials::builder`].
#[must_use = "call `build` to get the provider"]
pub struct ContainerCredentialsBuilder {
    endpoint: Endpoint,
    authorization: Authorization,
    source: LocalSource,
}

impl ContainerCredentialsBuilder {
    pub(super) fn new(endpoint: Endpoint, http: Arc<dyn HttpClient>) -> Self {
        let (timeout, retries) = (DEFAULT_TIMEOUT, RetryPolicy::default());
        let source = LocalSource { what: WHAT, http, timeout, retries, random: fastrand::f64 };
        Self { endpoint, authorization: Authorization::None, source }
    }

    /// What the header `Authorization` is, as it is given.
    pub fn authorization_token(mut self, token: impl Into<SecretString>) -> Self {
        self.authorization = Authorization::Fixed(token.into());
        self
    }

    /// A file with what the header `Authorization` is, read at each request; replaces
    /// [`authorization_token`](Self::authorization_token).
    pub fn authorization_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.authorization = Authorization::File(path.into());
        self
    }

    /// How long one request may take: 5 s if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.source.timeout = timeout;
        self
    }

    /// How often a request is repeated.
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.source.retries = retries;
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> ContainerCredentials {
        let Self { endpoint, authorization, source } = self;
        ContainerCredentials { endpoint, authorization, source }
    }
}

impl fmt::Debug for ContainerCredentialsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerCredentialsBuilder")
            .field("endpoint", &self.endpoint.shown())
            .field("authorization", &self.authorization)
            .finish_non_exhaustive()
    }
}

/// Without proxies: what gives out credentials is on this machine or beside it.
#[cfg(feature = "hyper")]
pub(super) fn default_http() -> Arc<dyn HttpClient> {
    let client = stscreds_transport::HyperClient::builder().connect_timeout(CONNECT_TIMEOUT);
    Arc::new(client.build())
}

/// Those of the AWS SDKs.
#[cfg(feature = "hyper")]
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
