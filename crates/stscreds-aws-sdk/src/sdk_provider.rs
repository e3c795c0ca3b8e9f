use std::fmt;
use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use stscreds_core::{CredentialsProvider, Error, ErrorKind};

use crate::convert::signable;

/// One of our providers as a credentials provider of the AWS SDK.
///
/// Each call is passed on and its result converted. [`SdkCache`](crate::SdkCache) converts once
/// per refresh.
#[derive(Clone)]
pub struct SdkProvider {
    provider: Arc<dyn CredentialsProvider>,
}

impl SdkProvider {
    /// Wraps one of our providers for the SDK.
    pub fn new(provider: impl CredentialsProvider + 'static) -> Self {
        Self { provider: Arc::new(provider) }
    }

    pub(crate) fn reject(&self, access_key_id: &str) {
        self.provider.reject(access_key_id);
    }

    async fn provide(&self) -> provider::Result {
        match self.provider.credentials().await {
            Ok(credentials) => signable(&credentials).map_err(sdk_error),
            Err(error) => Err(sdk_error(error)),
        }
    }
}

impl ProvideCredentials for SdkProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

impl fmt::Debug for SdkProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdkProvider").finish_non_exhaustive()
    }
}

/// Our error inside the SDK's, by whose variants the SDK's chain decides whether to
/// ask the next provider.
pub(crate) fn sdk_error(error: Error) -> CredentialsError {
    match error.kind() {
        ErrorKind::NoCredentials => CredentialsError::not_loaded(error),
        ErrorKind::InvalidConfiguration | ErrorKind::InvalidRoleArn => {
            CredentialsError::invalid_configuration(error)
        }
        ErrorKind::Bug => CredentialsError::unhandled(error),
        _ => CredentialsError::provider_error(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdks_chain_goes_on_for_want_of_credentials_and_for_nothing_else() {
        use CredentialsError as E;
        let told = |kind| sdk_error(Error::new(kind, "told"));

        assert!(matches!(told(ErrorKind::NoCredentials), E::CredentialsNotLoaded(_)));
        assert!(matches!(told(ErrorKind::InvalidConfiguration), E::InvalidConfiguration(_)));
        assert!(matches!(told(ErrorKind::InvalidRoleArn), E::InvalidConfiguration(_)));
        assert!(matches!(told(ErrorKind::Bug), E::Unhandled(_)));
        for kind in [ErrorKind::AccessDenied, ErrorKind::Throttled, ErrorKind::MfaCodeUnavailable] {
            assert!(matches!(told(kind), E::ProviderError(_)), "{kind:?}");
        }
    }
}
