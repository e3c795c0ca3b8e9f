use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use stscreds_core::{Credentials, CredentialsProvider, SecretString};

use crate::rejection::is_rejection;

/// The credentials of a cache as `object_store` signs with them.
///
/// `object_store` asks before each request. What it gets is made once for each session and shared:
/// besides the future of its trait, nothing is allocated until the next refresh.
pub struct ObjectStoreCredentials {
    source: Arc<dyn CredentialsProvider>,
    derived: Mutex<Option<Arc<AwsCredential>>>,
}

impl ObjectStoreCredentials {
    /// The credentials of this cache.
    ///
    /// It takes any provider, such as a `CredentialsCache`, an `SdkCache` or a handle of a pool. A
    /// provider without a cache would be asked at each request.
    #[must_use]
    pub fn new(cache: impl CredentialsProvider + 'static) -> Self {
        Self { source: Arc::new(cache), derived: Mutex::default() }
    }

    /// Tells the cache that its credentials were rejected, if this error of a store says so.
    ///
    /// For sessions that end before their expiry, since somebody revoked them. Returns whether
    /// they were: repeat the request once then, it is signed with others. An `AccessDenied` is no
    /// rejection, as no refresh cures it.
    ///
    /// ```
    /// # use stscreds_object_store::ObjectStoreCredentials;
    /// # async fn example(credentials: &ObjectStoreCredentials, s3: &dyn object_store::ObjectStore) -> object_store::Result<()> {
    /// use object_store::{ObjectStoreExt as _, path::Path};
    ///
    /// let report = Path::from("report.csv");
    /// let object = match s3.get(&report).await {
    ///     Err(error) if credentials.reject_if_expired(&error) => s3.get(&report).await?,
    ///     outcome => outcome?,
    /// };
    /// # Ok(()) }
    /// ```
    pub fn reject_if_expired(&self, error: &(dyn StdError + 'static)) -> bool {
        if !is_rejection(error) {
            return false;
        }
        let derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(derived) = derived {
            self.source.reject(&derived.key_id);
        }
        true
    }

    /// What is made of these credentials, or was already.
    fn derived(&self, credentials: &Credentials) -> Arc<AwsCredential> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        match &*derived {
            Some(made) if made.key_id == credentials.access_key_id() => Arc::clone(made),
            _ => Arc::clone(derived.insert(Arc::new(AwsCredential {
                key_id: credentials.access_key_id().to_owned(),
                secret_key: credentials.secret_access_key().expose().to_owned(),
                token: credentials.session_token().map(SecretString::expose).map(str::to_owned),
            }))),
        }
    }
}

/// # Errors
///
/// That of the source, as [`Generic`](object_store::Error::Generic) of the store `S3`.
///
/// # Cancel safety
///
/// As that of the source.
#[async_trait]
impl CredentialProvider for ObjectStoreCredentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        match self.source.credentials().await {
            Ok(credentials) => Ok(self.derived(&credentials)),
            Err(error) => {
                Err(object_store::Error::Generic { store: "S3", source: Box::new(error) })
            }
        }
    }
}

impl fmt::Debug for ObjectStoreCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStoreCredentials").finish_non_exhaustive()
    }
}
