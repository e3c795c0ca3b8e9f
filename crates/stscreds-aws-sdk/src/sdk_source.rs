use std::any::Any;
use std::error::Error as StdError;

use async_trait::async_trait;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource};

use crate::convert::from_sdk;
use crate::{SdkCache, SdkProvider};

/// A credentials provider of the AWS SDK as one of ours: the SDK's default chain
/// under our cache, for example.
#[derive(Debug, Clone)]
pub struct SdkSource<P> {
    provider: P,
}

impl<P: ProvideCredentials> SdkSource<P> {
    /// Sees the SDK's provider as one of ours.
    pub fn new(provider: P) -> Self {
        Self { provider }
    }
}

/// # Errors
///
/// What the SDK's provider says, by kind; an error of ours that passed through the
/// SDK comes out as it went in.
#[async_trait]
impl<P: ProvideCredentials + 'static> CredentialsProvider for SdkSource<P> {
    async fn credentials(&self) -> Result<Credentials, Error> {
        match self.provider.provide_credentials().await {
            Ok(credentials) => Ok(from_sdk(&credentials)),
            Err(error) => Err(error_of_sdk_credentials(&error)),
        }
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Sdk]
    }

    /// Reaches our own types behind the SDK's trait. The SDK's providers cannot be told, nor
    /// what is inside a `SharedCredentialsProvider`.
    fn reject(&self, access_key_id: &str) {
        let provider: &dyn Any = &self.provider;
        if let Some(cache) = provider.downcast_ref::<SdkCache>() {
            cache.reject(access_key_id);
        } else if let Some(provider) = provider.downcast_ref::<SdkProvider>() {
            provider.reject(access_key_id);
        }
    }
}

/// The error of ours that the SDK carried, or one of the kind of the SDK's.
pub(crate) fn error_of_sdk_credentials(error: &CredentialsError) -> Error {
    if let Some(ours) = error.source().and_then(|source| source.downcast_ref::<Error>()) {
        return ours.clone();
    }
    let (kind, what) = match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            (ErrorKind::NoCredentials, "the AWS SDK found no credentials")
        }
        CredentialsError::ProviderTimedOut(_) => {
            (ErrorKind::TimedOut, "the AWS SDK's credentials provider took too long")
        }
        CredentialsError::InvalidConfiguration(_) => (
            ErrorKind::InvalidConfiguration,
            "the AWS SDK's credentials provider is not configured correctly",
        ),
        _ => (ErrorKind::Other, "the AWS SDK's credentials provider failed"),
    };
    // The SDK's error cannot be cloned: its chain is kept as text.
    match chain(error.source()) {
        cause if cause.is_empty() => Error::new(kind, what),
        cause => Error::new(kind, what).with_source(cause),
    }
}

fn chain(mut next: Option<&(dyn StdError + 'static)>) -> String {
    let mut sentences: Vec<String> = Vec::new();
    while let Some(error) = next {
        sentences.push(error.to_string());
        next = error.source();
    }
    sentences.join(": ")
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(error: &CredentialsError, kind: ErrorKind, cause: &str) {
        let ours = error_of_sdk_credentials(error);
        assert_eq!(ours.kind(), kind, "{error:?}");
        assert_eq!(ours.source().map(ToString::to_string).as_deref(), Some(cause));
    }

    #[test]
    fn an_error_of_the_sdk_has_its_kind_and_keeps_what_is_below_it() {
        let below = || io::Error::other("below");
        check(&CredentialsError::not_loaded(below()), ErrorKind::NoCredentials, "below");
        check(
            &CredentialsError::invalid_configuration(below()),
            ErrorKind::InvalidConfiguration,
            "below",
        );
        check(&CredentialsError::provider_error(below()), ErrorKind::Other, "below");
        check(&CredentialsError::unhandled(below()), ErrorKind::Other, "below");
        let late =
            error_of_sdk_credentials(&CredentialsError::provider_timed_out(Duration::from_secs(5)));
        assert_eq!(late.kind(), ErrorKind::TimedOut);
        assert!(late.is_recoverable());
    }

    #[test]
    fn an_error_of_ours_comes_out_as_it_went_in() {
        let ours = Error::new(ErrorKind::AccessDenied, "denied").with_role_arn("the role");

        let back = error_of_sdk_credentials(&CredentialsError::provider_error(ours));

        assert_eq!((back.kind(), back.role_arn()), (ErrorKind::AccessDenied, Some("the role")));
    }
}
