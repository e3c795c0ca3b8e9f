//! Profiles that the SDK loads, with a source of ours; and ours with the SDK's.

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use stscreds_aws_sdk::time::time_source_of;
use stscreds_aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles, named_source};
use stscreds_core::{Credentials, ProviderSource};

use crate::stage::{KEY_ID, PLAIN, SECRET, Stage};

/// Brings what is addressed to AWS to the fake: the SDK's profiles take no endpoint in
/// code.
#[derive(Debug, Clone)]
struct ToTheFake {
    uri: String,
    client: aws_smithy_runtime_api::client::http::SharedHttpClient,
}

impl HttpClient for ToTheFake {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let below = self.client.http_connector(settings, components);
        SharedHttpConnector::new(Redirected { uri: self.uri.clone(), below })
    }
}

#[derive(Debug)]
struct Redirected {
    uri: String,
    below: SharedHttpConnector,
}

impl HttpConnector for Redirected {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let host = request.uri().split('/').nth(2).unwrap().to_owned();
        assert_eq!(host, "sts.eu-central-1.amazonaws.com");
        request.headers_mut().insert("host", host);
        request.set_uri(format!("{}/", self.uri)).unwrap();
        self.below.call(request)
    }
}

fn provider_config(stage: &Stage) -> ProviderConfig {
    let client = aws_smithy_http_client::Builder::new().build_http();
    ProviderConfig::without_region()
        .with_region(Some(Region::new("eu-central-1")))
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_time_source(time_source_of(stage.clock()))
        .with_http_client(ToTheFake { uri: stage.fake.uri().to_owned(), client })
}

#[tokio::test]
async fn a_profile_of_the_sdk_assumes_its_role_with_a_source_of_ours() {
    let stage = Stage::set().await;
    let config = format!("[profile a]\nrole_arn = {PLAIN}\ncredential_source = Vault\n");
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, config).build();
    let builder = ProfileFileCredentialsProvider::builder()
        .configure(&provider_config(&stage))
        .profile_files(files)
        .profile_name("a");
    let vault = Credentials::new(KEY_ID, SECRET);

    let credentials =
        named_source(builder, "Vault", vault).build().provide_credentials().await.unwrap();

    let identity = stage.identity_of(&stscreds_aws_sdk::convert::from_sdk(&credentials)).await;
    assert!(identity.contains(":assumed-role/plain/"), "{identity}");
    assert_eq!(stage.calls()[0].access_key_id.as_deref(), Some(KEY_ID));
}

#[tokio::test]
async fn the_sdk_stands_for_the_sources_of_awss_machines() {
    let stage = Stage::set().await;
    for source in ["Ec2InstanceMetadata", "EcsContainer"] {
        let config = format!("[profile a]\nrole_arn = {PLAIN}\ncredential_source = {source}\n");
        let file = ProfileFile::new("config", config);
        let profiles = Profiles::parse(Some(&file), None).unwrap();
        let loader = ProfileLoader::new(profiles, Environment::default()).profile("a");

        assert!(loader.load(&stage.sdk_config()).is_err());
        let loader = loader.sources_of_sdk(&provider_config(&stage));
        let provider = loader.load(&stage.sdk_config()).unwrap();

        let sources = stscreds_core::CredentialsProvider::provider_sources(&provider);
        assert_eq!(
            sources,
            [ProviderSource::Sdk, ProviderSource::CredentialSource, ProviderSource::AssumeRole]
        );
    }
}
