use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use aws_credential_types::Credentials as SdkCredentials;
use aws_smithy_runtime_api::client::identity::Identity;
use stscreds_core::{
    Credentials, CredentialsProvider, DerivedForm, Error, ProviderSource, SessionKey,
};

use crate::convert::{signable, to_sdk};

/// The SDK's form of credentials, which our handles to them keep.
///
/// It holds one copy of the secret, wiped like ours. Handles share it, but for those which
/// hand out the SDK's `Credentials` themselves: each of them keeps a copy, since clones of one
/// such value contend for one count in it.
///
/// On a cache line of its own, as blocks on the heap beside it are written to at each clone.
#[repr(align(128))]
pub(super) struct SdkForm {
    identity: Result<Identity, Error>,
    /// Never read: see [`spacers`].
    _spacers: [Identity; SPACERS],
    credentials: OnceLock<SdkCredentials>,
}

impl SdkForm {
    fn new(identity: Result<Identity, Error>) -> Self {
        Self { identity, _spacers: spacers(), credentials: OnceLock::new() }
    }

    /// What a client of the SDK signs with, or why it cannot. In place: an identity is large.
    #[inline]
    pub(super) fn identity(of: &Credentials) -> Result<&Identity, &Error> {
        of.derived::<Self>().identity.as_ref()
    }

    /// What the SDK's credentials providers yield.
    #[inline]
    pub(super) fn credentials(of: &Credentials) -> Result<&SdkCredentials, &Error> {
        let form: &Self = of.derived();
        match (form.credentials.get(), &form.identity) {
            (Some(made), _) => Ok(made),
            (None, Ok(_)) => Ok(form.credentials.get_or_init(|| to_sdk(of))),
            (None, Err(unsignable)) => Err(unsignable),
        }
    }
}

impl DerivedForm for SdkForm {
    fn derive(credentials: &Credentials) -> Self {
        Self::new(signable(credentials).map(Identity::from))
    }

    fn uncontended(&self) -> Self {
        // A wrapper of its own around the one secret: the signer borrows what is inside and never counts it.
        Self::new(match &self.identity {
            Ok(identity) => Ok(match identity.data::<SdkCredentials>() {
                Some(shared) => Identity::from(shared.clone()),
                None => identity.clone(),
            }),
            Err(unsignable) => Err(unsignable.clone()),
        })
    }
}

/// What keeps the counts of one stripe's identity off the cache lines of the next one's.
///
/// The SDK counts references to an identity in blocks of 16 and 24 bytes, which are its own and
/// which an allocator lays side by side. Two threads whose stripes' counts shared a line paid 360 ns
/// for a hit, and all others 230. So blocks of the same sizes lie between them.
fn spacers() -> [Identity; SPACERS] {
    std::array::from_fn(|_| Identity::new(0_u64, None))
}

/// With these a block of 16 bytes is 64 from the next one that is written to.
const SPACERS: usize = 3;

/// A provider whose credentials arrive in the SDK's form too, or fail: with those that the
/// SDK cannot sign with, a refresh has failed.
pub(super) struct Signable(pub(super) Arc<dyn CredentialsProvider>);

impl Signable {
    fn checked(credentials: Credentials) -> Result<Credentials, Error> {
        match SdkForm::identity(&credentials) {
            Ok(_) => Ok(credentials),
            Err(unsignable) => Err(unsignable.clone()),
        }
    }
}

#[async_trait]
impl CredentialsProvider for Signable {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.0.credentials().await.and_then(Self::checked)
    }

    async fn remaining(&self, at_least: std::time::Duration) -> Result<Credentials, Error> {
        self.0.remaining(at_least).await.and_then(Self::checked)
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.0.provider_sources()
    }

    fn reject(&self, access_key_id: &str) {
        self.0.reject(access_key_id);
    }

    fn session_key(&self) -> Option<SessionKey> {
        self.0.session_key()
    }
}
