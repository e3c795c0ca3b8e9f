use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stscreds_core::Clock;
use stscreds_transport::HttpClient;

use super::token::Tokens;
use super::{InstanceCredentials, WHAT};
use crate::local::{Endpoint, LocalSource};
use crate::retry::RetryPolicy;

/// Builds [`InstanceCredentials`]; made by [`InstanceCredentials::builder`].
#[must_use = "call `build` to get the provider"]
pub struct InstanceCredentialsBuilder {
    endpoint: Endpoint,
    clock: Clock,
    source: LocalSource,
}

impl InstanceCredentialsBuilder {
    pub(super) fn new(endpoint: Endpoint, http: Arc<dyn HttpClient>) -> Self {
        let (timeout, retries) = (DEFAULT_TIMEOUT, RetryPolicy::default());
        let source = LocalSource { what: WHAT, http, timeout, retries, random: fastrand::f64 };
        Self { endpoint, clock: Clock::system(), source }
    }

    /// How long one request may take: 1 s if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.source.timeout = timeout;
        self
    }

    /// How often a request is repeated that the service failed.
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.source.retries = retries;
        self
    }

    /// The clock by which a token of the service expires; the system's if not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> InstanceCredentials {
        let Self { endpoint, clock, source } = self;
        InstanceCredentials { endpoint, tokens: Tokens::new(clock), source }
    }
}

impl fmt::Debug for InstanceCredentialsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceCredentialsBuilder")
            .field("endpoint", &self.endpoint.shown())
            .finish_non_exhaustive()
    }
}

/// Without proxies: they are on another machine.
#[cfg(feature = "hyper")]
pub(super) fn default_http() -> Arc<dyn HttpClient> {
    let client = stscreds_transport::HyperClient::builder().connect_timeout(DEFAULT_TIMEOUT);
    Arc::new(client.build())
}

/// That of the AWS SDKs: the service is on the same host.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1);
