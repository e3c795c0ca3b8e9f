//! Errors of STS that come through providers of the SDK.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::config::retry::RetryConfig;
use fake_sts::fault::Fault;
use stscreds_aws_sdk::SdkSource;
use stscreds_cache::CredentialsCache;
use stscreds_core::{CredentialsProvider, Error, ErrorKind};

use crate::stage::{PARTNER, Stage};

/// Wraps another provider's error as deep as this.
#[derive(Debug)]
struct Wrapping<P>(P, usize);

#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped(#[source] Box<dyn std::error::Error + Send + Sync>);

impl<P: ProvideCredentials> Wrapping<P> {
    async fn provide(&self) -> provider::Result {
        let error = match self.0.provide_credentials().await {
            Ok(credentials) => return Ok(credentials),
            Err(error) => error,
        };
        let mut below: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        for _ in 0..self.1 {
            below = Box::new(Wrapped(below));
        }
        Err(CredentialsError::provider_error(below))
    }
}

impl<P: ProvideCredentials> ProvideCredentials for Wrapping<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

/// Assumes a role as the SDK's providers do: with its own client, its error passed on whole.
#[derive(Debug)]
struct OfTheSdk(aws_sdk_sts::Client, &'static str);

impl OfTheSdk {
    fn on(stage: &Stage, role: &'static str) -> Self {
        let config =
            stage.sdk_config().into_builder().retry_config(RetryConfig::disabled()).build();
        Self(aws_sdk_sts::Client::new(&config), role)
    }

    async fn provide(&self) -> provider::Result {
        let call = self.0.assume_role().role_arn(self.1).role_session_name("sdk");
        Err(CredentialsError::provider_error(call.send().await.unwrap_err()))
    }
}

impl ProvideCredentials for OfTheSdk {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

async fn refused(provider: impl ProvideCredentials + 'static) -> Error {
    SdkSource::new(provider).credentials().await.unwrap_err()
}

#[tokio::test]
async fn a_denial_is_a_denial_through_any_wrapper() {
    let stage = Stage::set().await;
    for depth in [0, 1, 5] {
        let error = refused(Wrapping(OfTheSdk::on(&stage, PARTNER), depth)).await;

        assert_eq!((error.kind(), error.is_recoverable()), (ErrorKind::AccessDenied, false));
        assert_eq!(error.sts_code(), Some("AccessDenied"));
        assert_eq!(error.request_id(), stage.calls().last().map(|call| call.request_id.as_str()));
    }
}

#[tokio::test]
async fn every_error_of_sts_keeps_its_kind_through_the_sdk() {
    for (fault, kind) in [
        (Fault::error("Throttling"), ErrorKind::Throttled),
        (Fault::error("ServiceUnavailable"), ErrorKind::ServiceUnavailable),
        (Fault::error("RegionDisabledException"), ErrorKind::RegionDisabled),
        (Fault::error("PackedPolicyTooLarge"), ErrorKind::PolicyTooLarge),
        (Fault::error("InvalidClientTokenId"), ErrorKind::SourceCredentialsRejected),
        (Fault::error("ExpiredToken"), ErrorKind::SourceCredentialsExpired),
        (Fault::reset(), ErrorKind::ConnectionFailed),
        (Fault::answer(404, "text/html", "planted"), ErrorKind::MalformedResponse),
    ] {
        let stage = Stage::set().await;
        let _fault = stage.fake.inject(fault);

        let error = refused(OfTheSdk::on(&stage, PARTNER)).await;

        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_callers_at_one_instant_make_one_call_that_is_denied() {
    let stage = Stage::set().await;
    let source = SdkSource::new(OfTheSdk::on(&stage, PARTNER));
    let cache = Arc::new(CredentialsCache::new(source));

    for _ in 0..10 {
        let error = cache.credentials().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
    }

    assert_eq!(stage.call_count(), 1);
}

#[cfg(feature = "aws-config")]
#[tokio::test]
async fn the_sdks_own_provider_of_roles_is_understood() {
    let stage = Stage::set().await;
    let provider = aws_config::sts::AssumeRoleProvider::builder(PARTNER)
        .configure(&stage.sdk_config())
        .session_name("sdk")
        .build_from_provider(stage.sdk_config().credentials_provider().unwrap())
        .await;
    let cache = CredentialsCache::builder(SdkSource::new(provider)).build();

    let before = stage.call_count();
    let calls = futures_of(&cache, 10).await;

    for error in calls {
        assert_eq!((error.kind(), error.is_recoverable()), (ErrorKind::AccessDenied, false));
        assert_eq!(error.sts_code(), Some("AccessDenied"), "{error:?}");
    }
    assert_eq!(stage.call_count() - before, 1);
}

/// So many callers at one instant.
#[cfg(feature = "aws-config")]
async fn futures_of(cache: &CredentialsCache, count: usize) -> Vec<Error> {
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.credentials().await.unwrap_err() })
        })
        .collect();
    let mut errors = Vec::new();
    for call in calls {
        errors.push(call.await.unwrap());
    }
    errors
}

/// A provider of the SDK with keys that no request can carry.
#[tokio::test]
async fn keys_with_a_line_end_are_refused_by_name_and_not_repeated() {
    for (id, secret, token, name) in [
        ("AKIAEXAMPLE\n", "planted", None, "access key id"),
        ("AKIAEXAMPLE", "planted\r", None, "secret access key"),
        ("AKIAEXAMPLE", "planted", Some("planted\r\n".to_owned()), "session token"),
    ] {
        let keys = aws_sdk_sts::config::Credentials::new(id, secret, token, None, "test");

        let error = refused(keys).await;

        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().contains(name), "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[test]
fn text_of_a_request_in_an_unknown_error_is_left_out() {
    let moment = Duration::from_secs(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for text in [
        "Request { body: Action=AssumeRole&TokenCode=planted }",
        "https://user:planted@host/",
        "https://host/?sig=planted",
        "planted.eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0",
    ] {
        let failing = Failing(text);
        let error =
            runtime.block_on(async { tokio::time::timeout(moment, refused(failing)).await });

        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
    let error = runtime.block_on(refused(Failing("no such profile: work")));
    assert!(format!("{error:?}").contains("no such profile: work"), "{error:?}");
}

#[derive(Debug)]
struct Failing(&'static str);

impl ProvideCredentials for Failing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::provider_error(self.0)))
    }
}
