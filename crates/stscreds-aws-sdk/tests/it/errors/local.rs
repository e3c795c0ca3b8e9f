//! What is told before STS is called.

use std::time::Duration;

use stscreds_aws_sdk::{SdkSource, StsClient};
use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, Error, Timestamp};
use stscreds_provider::{
    AssumeRoleProvider, CallerIdentityClient, RoleArn, SessionDuration, SessionName, SessionPolicy,
};
use stscreds_token::{
    IdentityToken, IdentityTokenEnvironment, IdentityTokenFile, IdentityTokenRetriever,
    IdentityTokenUrl, MfaCode, MfaEnvironment,
};

use super::{refused, told};
use crate::service::{Answer, Service};
use crate::stage::{DEVICE, GUARDED, PLAIN, Stage};

#[test]
fn settings_that_no_provider_can_have_are_told_as_the_page_says() {
    told("the role ARN is malformed", &"deploy".parse::<RoleArn>().unwrap_err());
    told(
        "a setting is outside of the limits that STS documents",
        &"a name with spaces".parse::<SessionName>().unwrap_err(),
    );
    told(
        "the duration is outside of what STS allows any role",
        &SessionDuration::try_from(Duration::from_secs(899)).unwrap_err(),
    );
    told("the session policy is empty", &" ".parse::<SessionPolicy>().unwrap_err());
    told("the MFA code is not six digits", &MfaCode::parse("planted").unwrap_err());
}

#[tokio::test]
async fn configurations_that_lead_nowhere_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let no_region = aws_types::SdkConfig::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(stage.sdk_config().credentials_provider().unwrap())
        .build();

    let provider = AssumeRoleProvider::builder(StsClient::new(&no_region), PLAIN.parse().unwrap());
    told("the SDK configuration has no region", &refused(provider.build()).await);

    let identity = stage.sts().caller_identity().await.unwrap();
    told(
        "the credentials are of another account than required",
        &identity.require_account("999988887777").unwrap_err(),
    );
    assert_eq!(stage.call_count(), 1);
}

#[tokio::test]
async fn codes_that_are_not_to_be_had_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let unset = MfaEnvironment::new("STSCREDS_UNSET");

    let error = refused(stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), unset).build()).await;

    told("the source of MFA codes has none", &error);
    assert_eq!(stage.call_count(), 0);
}

#[tokio::test]
async fn tokens_that_are_not_to_be_had_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let at = |path| IdentityTokenFile::new(path);
    let no = Answer { status: 403, content_type: "text/plain", body: "" };
    let endpoint = Service::start(stage.clock(), move |_| no).await;

    let missing = presented(&stage, at(path.clone())).await;
    told("the identity token file is missing", &missing);
    let unset = presented(&stage, IdentityTokenEnvironment::new("STSCREDS_UNSET")).await;
    told("the environment variable of the identity token is not set", &unset);
    let folder = presented(&stage, at(folder.path().to_owned())).await;
    told("the identity token file cannot be read", &folder);
    let url = IdentityTokenUrl::new(endpoint.uri()).unwrap();
    let refusing = presented(&stage, url).await;
    told("the endpoint of the identity token does not hand one out", &refusing);
    for (case, content) in [
        ("the identity token is empty", b" \n".to_vec()),
        ("the identity token is not UTF-8", b"planted\xff".to_vec()),
        ("the identity token is too large", b"planted".repeat(10_000)),
    ] {
        std::fs::write(&path, content).unwrap();
        told(case, &presented(&stage, at(path.clone())).await);
    }

    let minute = Duration::from_secs(60);
    let token = IdentityToken::parse(stage.token().expires_in(minute).mint()).unwrap();
    stage.advance(61);
    told("the identity token has expired, which is seen here", &presented(&stage, token).await);
    assert_eq!(stage.call_count(), 0);
}

async fn presented(stage: &Stage, retriever: impl IdentityTokenRetriever + 'static) -> Error {
    refused(stage.present(retriever).build()).await
}

#[tokio::test]
async fn sources_that_yield_nothing_of_use_are_told_as_the_page_says() {
    let empty = aws_sdk_sts::config::SharedCredentialsProvider::new(Empty);
    told("the SDK finds no credentials", &refused(SdkSource::new(empty)).await);

    let expired = Credentials::builder("ASIAEXAMPLE", "planted")
        .expires_at(Timestamp::from_unix_seconds(1_000))
        .build();
    let error = CredentialsCache::new(expired).credentials().await.unwrap_err();
    told("the source yields credentials that have expired", &error);

    let cache = CredentialsCache::new(async || panic!("planted"));
    let error = cache.credentials().await.unwrap_err();
    told("a provider panics", &error);
}

#[derive(Debug)]
struct Empty;

impl aws_credential_types::provider::ProvideCredentials for Empty {
    fn provide_credentials<'a>(
        &'a self,
    ) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        use aws_credential_types::provider::error::CredentialsError;
        let nothing = CredentialsError::not_loaded("neither variables nor profile");
        aws_credential_types::provider::future::ProvideCredentials::ready(Err(nothing))
    }
}
