use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stscreds_core::{Clock, CredentialsProvider, Timestamp};
use stscreds_transport::HttpClient;

use super::offset::Offset;
use super::{OnDate, Shared, StsHttpClient};
use crate::StsEndpoint;
use crate::retry::{RetryBudget, RetryPolicy};

/// How long a call may take.
///
/// How long a *connection* may take to be made is the HTTP client's own limit. The time
/// in which credentials are fetched does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// One request and its response: 10 s if not set.
    pub attempt: Duration,
    /// All requests of a call and the backoff between them: 25 s if not set.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { attempt: Duration::from_secs(10), total: Duration::from_secs(25) }
    }
}

/// Builds an [`StsHttpClient`]; made by [`StsHttpClient::builder`].
#[must_use = "call `build` to get the client"]
pub struct StsHttpClientBuilder {
    endpoint: StsEndpoint,
    http: Arc<dyn HttpClient>,
    credentials: Option<Arc<dyn CredentialsProvider>>,
    clock: Clock,
    timeouts: Timeouts,
    retries: RetryPolicy,
    random: Box<dyn Fn() -> f64 + Send + Sync>,
    on_date: Option<OnDate>,
}

impl StsHttpClientBuilder {
    pub(super) fn new(endpoint: StsEndpoint, http: Arc<dyn HttpClient>) -> Self {
        Self {
            endpoint,
            http,
            credentials: None,
            clock: Clock::system(),
            timeouts: Timeouts::default(),
            retries: RetryPolicy::default(),
            random: Box::new(fastrand::f64),
            on_date: None,
        }
    }

    /// What signs the requests. Give a cache: it is asked at each of them.
    pub fn credentials(mut self, credentials: impl CredentialsProvider + 'static) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// How long a call may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How often a request is repeated.
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = retries;
        self
    }

    /// The clock by which requests are signed; the system's if not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where the jitter of backoffs comes from: numbers from 0 to 1.
    pub fn random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.random = Box::new(random);
        self
    }

    /// Called with the `Date` of each response and the local time at its arrival.
    ///
    /// An expiry is an instant of the server's clock. With a cache, pass it on:
    ///
    /// ```
    /// # use stscreds_http::StsHttpClientBuilder;
    /// use stscreds_cache::ClockSkew;
    ///
    /// # fn example(builder: StsHttpClientBuilder) {
    /// let skew = ClockSkew::new();
    /// let observed = skew.clone();
    /// let builder = builder.on_date(move |server, local| observed.observe(server, local));
    /// // .. and `CacheBuilder::clock_skew(skew)`.
    /// # }
    /// ```
    pub fn on_date(
        mut self,
        observe: impl Fn(Timestamp, Timestamp) + Send + Sync + 'static,
    ) -> Self {
        self.on_date = Some(Box::new(observe));
        self
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> StsHttpClient {
        let Self { endpoint, http, credentials, clock, timeouts, retries, random, on_date } = self;
        StsHttpClient(Arc::new(Shared {
            endpoint,
            http,
            credentials,
            clock,
            timeouts,
            retries,
            budget: RetryBudget::full(),
            random,
            offset: Offset::default(),
            on_date,
        }))
    }
}

impl fmt::Debug for StsHttpClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsHttpClientBuilder")
            .field("endpoint", &self.endpoint)
            .field("timeouts", &self.timeouts)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}
