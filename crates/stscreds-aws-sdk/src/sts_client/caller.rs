use std::fmt;
use std::sync::Arc;

use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use stscreds_core::{CredentialsProvider, SessionKey};

/// What all sessions of a client have in common, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(super) signer: Option<Signer>,
    pub(super) destination: Option<SessionKey>,
}

/// Who signs the calls.
#[derive(Clone)]
pub(crate) enum Signer {
    Declared(SessionKey),
    /// Asked each time: its session may become another one.
    Provider(Arc<dyn CredentialsProvider>),
}

impl Caller {
    /// Of calls that nobody signs.
    pub(super) fn destination(&self) -> Option<SessionKey> {
        self.destination
    }

    pub(super) fn signed_key(&self) -> Option<SessionKey> {
        let signer = match self.signer.as_ref()? {
            Signer::Declared(key) => *key,
            Signer::Provider(provider) => provider.session_key()?,
        };
        let key = SessionKey::builder("Client")
            .key("Signer", &signer)
            .key("Destination", &self.destination?);
        Some(key.build())
    }
}

/// Where a client of this configuration sends its calls: whatever an endpoint is made
/// of.
pub(crate) fn destination_of(config: &SdkConfig) -> SessionKey {
    let switch = |on: Option<bool>| on.map(|on| [u8::from(on)]);
    // As the SDK's client looks for it, in the environment and profile of the SDK's configuration.
    let of_service = || {
        let sts = ServiceConfigKey::builder().service_id("STS").env("AWS_ENDPOINT_URL");
        let sts = sts.profile("endpoint_url").build().ok()?;
        config.service_config()?.load_config(sts)
    };
    SessionKey::builder("Destination")
        .optional("Region", config.region().map(AsRef::as_ref))
        .optional("Endpoint", config.endpoint_url())
        .optional("EndpointOfSts", of_service())
        .optional("Fips", switch(config.use_fips()))
        .optional("DualStack", switch(config.use_dual_stack()))
        .build()
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(key) => key.fmt(f),
            Self::Provider(provider) => {
                f.debug_list().entries(provider.provider_sources()).finish()
            }
        }
    }
}
