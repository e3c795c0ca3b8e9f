use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use aws_credential_types::Credentials as SdkCredentials;
use aws_smithy_runtime_api::client::identity::Identity;
use stscreds_cache::{Source, Value};
use stscreds_core::{Credentials, CredentialsProvider, Error, Expires, Timestamp};

use crate::convert::{signable, to_sdk};

/// Credentials in our form and in the SDK's.
///
/// A cheap handle. The SDK's form holds a copy of the secret that is wiped like
/// ours, made once per refresh. All handles share it, but for those which hand out
/// the SDK's `Credentials` themselves: each stripe of a cache that does so keeps a
/// copy, since clones of one such value contend for one count in it.
#[derive(Clone)]
pub struct SdkValue(Arc<Forms>);

/// On a cache line of its own: the stripes' handles are written to at each clone.
#[repr(align(128))]
struct Forms {
    ours: Credentials,
    identity: Identity,
    /// Never read: see [`spacers`].
    _spacers: [Identity; SPACERS],
    sdk: OnceLock<SdkCredentials>,
}

impl SdkValue {
    fn of(ours: Credentials) -> Result<Self, Error> {
        let identity = Identity::from(signable(&ours)?);
        Ok(Self::with_identity(ours, identity))
    }

    fn with_identity(ours: Credentials, identity: Identity) -> Self {
        Self(Arc::new(Forms { ours, identity, _spacers: spacers(), sdk: OnceLock::new() }))
    }

    pub(crate) fn ours(&self) -> &Credentials {
        &self.0.ours
    }

    pub(crate) fn sdk_credentials(&self) -> SdkCredentials {
        self.0.sdk.get_or_init(|| to_sdk(&self.0.ours)).clone()
    }

    pub(crate) fn identity(&self) -> Identity {
        self.0.identity.clone()
    }
}

impl Value for SdkValue {
    fn uncontended(&self) -> Self {
        // A wrapper of its own around the one secret: the signer borrows what is inside and never counts it.
        let identity = match self.0.identity.data::<SdkCredentials>() {
            Some(shared) => Identity::from(shared.clone()),
            None => self.0.identity.clone(),
        };
        Self::with_identity(self.0.ours.uncontended(), identity)
    }

    fn id(&self) -> Option<&str> {
        Some(self.0.ours.access_key_id())
    }

    fn validate(&self) -> Result<(), Error> {
        self.0.ours.validate()
    }
}

impl Expires for SdkValue {
    fn expires_at(&self) -> Option<Timestamp> {
        self.0.ours.expires_at()
    }
}

impl fmt::Debug for SdkValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SdkValue").field(&self.0.ours).finish()
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

/// Where a cache gets both forms from.
pub(super) struct FromProvider(pub(super) Arc<dyn CredentialsProvider>);

#[async_trait]
impl Source<SdkValue> for FromProvider {
    async fn value(&self) -> Result<SdkValue, Error> {
        self.0.credentials().await.and_then(SdkValue::of)
    }

    fn reject(&self, id: &str) {
        self.0.reject(id);
    }
}
