//! Where a profile has STS looked for: region, endpoint and its kind, and who says so.

use std::sync::{Arc, Mutex};

use aws_sdk_sts::config::Region;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_types::SdkConfig;
use stscreds_aws_sdk::{Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds_core::{CredentialsProvider, ErrorKind};

use crate::profiles::{bare, keys, loader, operations};
use crate::stage::{PLAIN, Stage, WEB};

#[tokio::test]
async fn the_region_of_a_named_profile_beats_that_of_the_sdk_configuration() {
    let stage = Stage::set().await;
    let config =
        format!("[profile a]\nrole_arn = {PLAIN}\nsource_profile = base\nregion = eu-west-3\n");
    let signed_for = async |loader: ProfileLoader, sdk_config: SdkConfig| {
        let provider = loader.profile("a").load(&sdk_config).unwrap();
        provider.credentials().await.unwrap();
        provider.region().unwrap().to_owned()
    };
    let no_region = || {
        let mut config = bare(&stage).into_builder();
        config.set_region(None);
        config.build()
    };
    let in_environment = || {
        let file = ProfileFile::new("c", config.clone());
        let keys = ProfileFile::new("k", keys());
        let profiles = Profiles::parse(Some(&file), Some(&keys)).unwrap();
        ProfileLoader::new(profiles, [("AWS_REGION", "eu-west-2")].into_iter().collect())
    };

    assert_eq!(signed_for(in_environment().region("eu-west-1"), bare(&stage)).await, "eu-west-1");
    assert_eq!(signed_for(in_environment(), bare(&stage)).await, "eu-west-2");
    assert_eq!(signed_for(in_environment(), no_region()).await, "eu-west-2");
    assert_eq!(signed_for(loader(&config), bare(&stage)).await, "eu-west-3");
    assert_eq!(signed_for(loader(&config), no_region()).await, "eu-west-3");
    let without = config.replace("region = eu-west-3\n", "");
    assert_eq!(signed_for(loader(&without), bare(&stage)).await, "eu-central-1");
    // The SDK's configuration is of the environment's profile too.
    let by_environment = config.replace("[profile a]", "[default]");
    let provider = loader(&by_environment).load(&bare(&stage)).unwrap();
    assert_eq!(provider.region(), Some("eu-central-1"));

    let nowhere = format!("[profile a]\nrole_arn = {PLAIN}\nsource_profile = base\n");
    let error = loader(&nowhere).profile("a").load(&no_region()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    assert!(error.to_string().starts_with("no region for STS"), "{error}");
}

#[tokio::test]
async fn an_endpoint_of_the_services_section_reaches_sts() {
    let stage = Stage::set().await;
    let config = format!(
        "[profile a]\nrole_arn = {PLAIN}\nsource_profile = base\nservices = local\n\
         [services local]\nsts =\n  endpoint_url = {}\n",
        stage.fake.uri()
    );
    let mut sdk_config = bare(&stage).into_builder();
    sdk_config.set_endpoint_url(None);

    let provider = loader(&config).profile("a").load(&sdk_config.build()).unwrap();
    provider.credentials().await.unwrap();

    assert_eq!(operations(&stage), ["AssumeRole"]);
}

/// The host that STS is looked for at, by a program without an endpoint.
async fn host_of(config: &str, variables: &[(&str, &str)], of_code: SdkConfig) -> String {
    let seen = Arc::new(Mutex::new(String::new()));
    let note = Arc::clone(&seen);
    let nobody = http_client_fn(move |_, _| {
        let note = Arc::clone(&note);
        SharedHttpConnector::new(Unreachable(note))
    });
    let file = ProfileFile::new("config", format!("{config}region = us-east-1\n"));
    let keys = ProfileFile::new("credentials", keys());
    let profiles = Profiles::parse(Some(&file), Some(&keys)).unwrap();
    let environment = variables.iter().copied().collect();
    let of_code = of_code.into_builder().http_client(nobody).build();
    let provider = ProfileLoader::new(profiles, environment).profile("a").load(&of_code).unwrap();

    let error = provider.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::ConnectionFailed, "{error:?}");
    seen.lock().unwrap().clone()
}

/// Notes whom a request is for, and reaches nobody.
#[derive(Debug)]
struct Unreachable(Arc<Mutex<String>>);

impl HttpConnector for Unreachable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = request.uri().split('/').nth(2).unwrap_or_default().to_owned();
        *self.0.lock().unwrap() = host;
        HttpConnectorFuture::ready(Err(ConnectorError::io("nobody here".into())))
    }
}

#[tokio::test]
async fn fips_and_dual_stack_are_the_codes_before_the_environments_before_the_profiles() {
    let plain = format!("[profile a]\nrole_arn = {PLAIN}\nsource_profile = base\n");
    let both = format!("{plain}use_fips_endpoint = true\nuse_dualstack_endpoint = True\n");
    let nothing = || SdkConfig::builder().retry_config(RetryConfig::disabled());
    let neither = [("AWS_USE_FIPS_ENDPOINT", "false"), ("AWS_USE_DUALSTACK_ENDPOINT", "FALSE")];

    let by_default = host_of(&plain, &[], nothing().build()).await;
    let of_profile = host_of(&both, &[], nothing().build()).await;
    let of_environment = host_of(&both, &neither, nothing().build()).await;
    let of_code = host_of(&both, &neither, nothing().use_fips(true).build()).await;

    assert_eq!(by_default, "sts.us-east-1.amazonaws.com");
    assert_eq!(of_profile, "sts-fips.us-east-1.api.aws");
    assert_eq!(of_environment, "sts.us-east-1.amazonaws.com");
    assert_eq!(of_code, "sts-fips.us-east-1.amazonaws.com");
}

#[test]
fn a_switch_that_is_neither_on_nor_off_is_told() {
    let config = format!(
        "[profile a]\nrole_arn = {PLAIN}\nsource_profile = base\nuse_fips_endpoint = yes\n"
    );
    let sdk_config = SdkConfig::builder().region(Region::new("us-east-1")).build();

    let error = loader(&config).profile("a").load(&sdk_config).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    let says = "/home/al/.aws/config, line 4, profile \"a\", use_fips_endpoint: \"yes\" is neither \
                true nor false";
    assert!(error.to_string().starts_with(says), "{error}");
    check_environment_refused(
        &[
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
            ("AWS_ROLE_ARN", WEB),
            ("AWS_USE_DUALSTACK_ENDPOINT", "1"),
        ],
        ErrorKind::InvalidConfiguration,
        "environment, AWS_USE_DUALSTACK_ENDPOINT: \"1\" is neither true nor false",
    );
}

#[track_caller]
fn check_environment_refused(variables: &[(&str, &str)], kind: ErrorKind, says: &str) {
    let environment: Environment = variables.iter().copied().collect();
    let config = SdkConfig::builder().region(Region::new("eu-central-1")).build();
    let error = ProfileLoader::new(Profiles::default(), environment).load(&config).unwrap_err();

    assert_eq!(error.kind(), kind);
    assert!(error.to_string().starts_with(says), "{error}");
}

#[test]
fn what_is_wrong_in_the_environment_is_told_of_the_environment() {
    let file = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token");
    let no_arn = "environment, AWS_ROLE_ARN: the role ARN \"web\" is a name";
    let no_name = "environment, AWS_ROLE_SESSION_NAME: the session name \"a pod\" is not";

    check_environment_refused(&[file, ("AWS_ROLE_ARN", "web")], ErrorKind::InvalidRoleArn, no_arn);
    check_environment_refused(
        &[file, ("AWS_ROLE_ARN", WEB), ("AWS_ROLE_SESSION_NAME", "a pod")],
        ErrorKind::InvalidConfiguration,
        no_name,
    );
}
