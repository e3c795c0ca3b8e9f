use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderValue, Method};
use stscreds_core::{Clock, Error, ErrorKind, Timestamp};

use super::{WHAT, request};
use crate::client::sensitive;
use crate::local::{Endpoint, Failure, LocalSource};

pub(super) const HEADER: &str = "x-aws-ec2-metadata-token";

/// The token that version 2 of the metadata service wants with each request.
pub(super) struct Tokens {
    clock: Clock,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: HeaderValue,
    until: Timestamp,
}

impl Tokens {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::new(None) }
    }

    /// The token that was kept, or a new one.
    pub(super) async fn current(
        &self,
        endpoint: &Endpoint,
        source: &LocalSource,
    ) -> Result<HeaderValue, Failure> {
        let now = self.clock.now();
        if let Some(kept) = self.lock().as_ref().filter(|kept| now < kept.until) {
            return Ok(kept.token.clone());
        }
        let (token, lifetime) = fetched(endpoint, source).await?;
        let until = now + lifetime.saturating_sub(MARGIN);
        *self.lock() = Some(Kept { token: token.clone(), until });
        Ok(token)
    }

    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        // Nothing that runs under the lock leaves it half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetched(
    endpoint: &Endpoint,
    source: &LocalSource,
) -> Result<(HeaderValue, Duration), Failure> {
    let mut request = request(endpoint, "/latest/api/token").await?;
    *request.method_mut() = Method::PUT;
    let wanted = HeaderValue::from(LIFETIME.as_secs());
    request.headers_mut().insert(LIFETIME_HEADER, wanted);
    let response = source.send(request).await.map_err(explained)?;
    let granted = response.headers().get(LIFETIME_HEADER);
    let granted = granted.and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    // A service that does not say for how long, as the mocks of it, means what was asked for.
    let lifetime = granted.map_or(LIFETIME, Duration::from_secs).min(LIFETIME);
    let body = response.into_body();
    let token = HeaderValue::from_bytes(body.trim_ascii()).ok().filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| {
        let what = format!("the response of {WHAT} to a request for a token is not a token");
        Failure::again(Error::new(ErrorKind::MalformedResponse, what))
    })?;
    Ok((sensitive(token), lifetime))
}

/// What a request for a token fails for, and for which other ones do not.
fn explained(failure: Failure) -> Failure {
    let what = match failure.status.map(|status| status.as_u16()) {
        Some(403) => "it is disabled for this instance (HTTP 403): set HttpEndpoint to enabled",
        Some(404 | 405) => {
            "it gives no token (HTTP 404 or 405): it is not version 2 of the service, and version 1 is not used"
        }
        None if failure.is_late => {
            "it gave no token in time. Hop limit 1? In a container, set HttpPutResponseHopLimit to 2"
        }
        None => {
            "it cannot be reached: elsewhere than on EC2, set AWS_EC2_METADATA_DISABLED to true"
        }
        Some(_) => return Failure { status: None, ..failure },
    };
    let kind = failure.error.kind();
    let error = Error::new(kind, format!("no credentials from {WHAT}: {what}"));
    let error = match std::error::Error::source(&failure.error) {
        Some(cause) => error.with_source(cause.to_string()),
        None => error,
    };
    let error = if failure.error.is_recoverable() { error } else { error.unrecoverable() };
    // The status is that of the request for a token, and no longer of interest.
    Failure { error, status: None, ..failure }
}

const LIFETIME_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";

/// Six hours, the longest.
const LIFETIME: Duration = Duration::from_secs(21_600);

/// So that a token is not used in its last moments.
const MARGIN: Duration = Duration::from_secs(60);
