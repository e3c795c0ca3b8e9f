use std::any::Any;
use std::error::Error as StdError;

use async_trait::async_trait;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_saml::AssumeRoleWithSAMLError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_sdk_sts::operation::get_federation_token::GetFederationTokenError;
use aws_sdk_sts::operation::get_session_token::GetSessionTokenError;
use aws_types::request_id::RequestId;
use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_provider::StsFault;

use crate::causes::causes;
use crate::convert::{check_signable, from_sdk};
use crate::sts_client::error_elsewhere;
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
/// What the SDK's provider says, by kind. An error of STS keeps its code through any wrapper,
/// so that a denial is a denial; one of our errors comes out as it went in. The text of a
/// request that failed is not kept. Keys that no request can carry are refused:
/// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration).
#[async_trait]
impl<P: ProvideCredentials + 'static> CredentialsProvider for SdkSource<P> {
    async fn credentials(&self) -> Result<Credentials, Error> {
        match self.provider.provide_credentials().await {
            Ok(credentials) => check_signable(&credentials).map(|()| from_sdk(&credentials)),
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

/// The first error in the SDK's chain that we understand, or one of the kind of the SDK's.
pub(crate) fn error_of_sdk_credentials(error: &CredentialsError) -> Error {
    if let Some(known) = causes(error).find_map(known) {
        return known;
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
    match error.source().map(shown) {
        Some(cause) if !cause.is_empty() => Error::new(kind, what).with_source(cause),
        _ => Error::new(kind, what),
    }
}

fn known(error: &(dyn StdError + 'static)) -> Option<Error> {
    if let Some(ours) = error.downcast_ref::<Error>() {
        return Some(ours.clone());
    }
    told_by::<AssumeRoleError>("AssumeRole", error)
        .or_else(|| told_by::<AssumeRoleWithWebIdentityError>("AssumeRoleWithWebIdentity", error))
        .or_else(|| told_by::<AssumeRoleWithSAMLError>("AssumeRoleWithSAML", error))
        .or_else(|| told_by::<GetSessionTokenError>("GetSessionToken", error))
        .or_else(|| told_by::<GetFederationTokenError>("GetFederationToken", error))
        .or_else(|| told_by::<GetCallerIdentityError>("GetCallerIdentity", error))
        .or_else(|| of_another_service(error.downcast_ref::<ErrorMetadata>()?))
}

fn told_by<E>(operation: &'static str, error: &(dyn StdError + 'static)) -> Option<Error>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    if let Some(error) = error.downcast_ref::<SdkError<E, HttpResponse>>() {
        return Some(error_elsewhere(operation, error));
    }
    Some(fault(error.downcast_ref::<E>()?.meta())?.into_error(operation))
}

/// By the code, which services share with STS where it says that somebody is denied or throttled.
fn of_another_service(metadata: &ErrorMetadata) -> Option<Error> {
    let fault = fault(metadata)?;
    let what = "a service refused the AWS SDK's credentials provider";
    let error = Error::new(fault.kind(), what);
    Some(error.with_sts_answer(fault.code, fault.message, fault.request_id))
}

fn fault(metadata: &ErrorMetadata) -> Option<StsFault> {
    let mut fault = StsFault::new(metadata.code()?);
    fault.message = metadata.message().map(str::to_owned);
    fault.request_id = metadata.request_id().map(str::to_owned);
    Some(fault)
}

/// The sentences of a chain down to the first that could show a request.
fn shown(error: &(dyn StdError + 'static)) -> String {
    let sentences: Vec<String> =
        causes(error).map(ToString::to_string).take_while(|text| is_showable(text)).collect();
    sentences.join(": ")
}

/// Whether a text has nothing of the form of a request, a URL with parameters or a token.
fn is_showable(text: &str) -> bool {
    let has_long_word = text.split_whitespace().any(|word| word.len() > LONGEST_WORD);
    !has_long_word && text.len() <= LONGEST_SENTENCE && !text.contains(['{', '=', '@', '?'])
}

/// A path or an ARN may be as long; an identity token is longer.
const LONGEST_WORD: usize = 120;
const LONGEST_SENTENCE: usize = 400;

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
