use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqsign_aws_core::Credential;
use reqsign_core::time::Timestamp;
use reqsign_core::{Context, Error, ErrorKind, ProvideCredential};
use stscreds_core::{Credentials, CredentialsProvider, ErrorKind as Kind, SecretString};

use crate::rejection::is_rejection;

/// The credentials of a cache as `reqsign` signs with them.
///
/// A signer of `reqsign` keeps what it got until two minutes before its expiry. That would be a
/// second cache, which knows nothing of a session that was revoked. So it learns of an expiry in
/// two minutes and asks for each request; the cache behind decides when a session is replaced.
/// Presigned URLs of more than two minutes need the real expiry:
/// [`for_presigning`](Self::for_presigning).
#[derive(Clone)]
pub struct ReqsignCredentials {
    source: Arc<dyn CredentialsProvider>,
    expiry: Expiry,
    /// The key id that was given out last.
    last: Arc<Mutex<String>>,
}

/// Which expiry signers learn of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expiry {
    Soon,
    Real,
}

/// What a signer takes for too little life to keep a credential: `is_valid` of `reqsign`'s
/// [`Credential`].
const KEPT_BEFORE: Duration = Duration::from_secs(120);

impl ReqsignCredentials {
    /// The credentials of this cache, which is asked for each request.
    ///
    /// It takes any provider, such as a `CredentialsCache`, an `SdkCache` or a handle of a pool. A
    /// provider without a cache would be asked at each request too.
    #[must_use]
    pub fn new(cache: impl CredentialsProvider + 'static) -> Self {
        Self { source: Arc::new(cache), expiry: Expiry::Soon, last: Arc::default() }
    }

    /// The same with the expiry that the credentials have, for presigned URLs.
    ///
    /// The signer keeps them until two minutes before, and signs no URL that outlives them.
    #[must_use]
    pub fn for_presigning(cache: impl CredentialsProvider + 'static) -> Self {
        Self { expiry: Expiry::Real, ..Self::new(cache) }
    }

    /// Tells the cache that its credentials were rejected, if this error of a client says so.
    ///
    /// For sessions that end before their expiry, since somebody revoked them. Returns whether
    /// they were: repeat the request once then, it is signed with others. An `AccessDenied` is no
    /// rejection, as no refresh cures it. Keep a clone of what you give to the client.
    pub fn reject_if_expired(&self, error: &(dyn StdError + 'static)) -> bool {
        if !is_rejection(error) {
            return false;
        }
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.source.reject(&last);
        true
    }

    fn given(&self, credentials: &Credentials) -> Credential {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != credentials.access_key_id() {
            credentials.access_key_id().clone_into(&mut last);
        }
        drop(last);
        let expires_at = credentials.expires_at().map(stscreds_core::Timestamp::unix_seconds);
        let expires_at = expires_at.and_then(|at| i64::try_from(at).ok());
        let real = expires_at.and_then(|at| Timestamp::from_second(at).ok());
        Credential {
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: credentials.secret_access_key().expose().to_owned(),
            session_token: credentials.session_token().map(SecretString::expose).map(str::to_owned),
            expires_in: match self.expiry {
                Expiry::Real => real,
                Expiry::Soon => Some(Timestamp::now() + KEPT_BEFORE),
            },
        }
    }
}

/// # Errors
///
/// That of the source; those that may pass are marked as worth another attempt.
///
/// # Cancel safety
///
/// As that of the source.
impl ProvideCredential for ReqsignCredentials {
    type Credential = Credential;

    async fn provide_credential(&self, _: &Context) -> reqsign_core::Result<Option<Credential>> {
        match self.source.credentials().await {
            Ok(credentials) => Ok(Some(self.given(&credentials))),
            Err(error) => Err(as_of_reqsign(&error)),
        }
    }
}

fn as_of_reqsign(error: &stscreds_core::Error) -> Error {
    let kind = match error.kind() {
        Kind::AccessDenied => ErrorKind::PermissionDenied,
        Kind::InvalidConfiguration | Kind::InvalidParameter => ErrorKind::ConfigInvalid,
        Kind::Throttled => ErrorKind::RateLimited,
        _ => ErrorKind::CredentialInvalid,
    };
    let is_recoverable = error.is_recoverable();
    Error::new(kind, error.to_string()).set_retryable(is_recoverable)
}

impl fmt::Debug for ReqsignCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqsignCredentials").field("expiry", &self.expiry).finish_non_exhaustive()
    }
}
