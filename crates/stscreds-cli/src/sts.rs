//! STS through the AWS SDK: the only file that names it.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_sdk_sts::config::BehaviorVersion;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use stscreds::aws_sdk::{ProfileLoader, SdkSource};
use stscreds::{Credentials, CredentialsProvider, StsClient};

use crate::failure::Failure;

/// STS as a profile says: region, endpoint, FIPS.
#[derive(Debug, Clone)]
pub(crate) struct Sts {
    config: SdkConfig,
}

impl Sts {
    pub(crate) fn of(loader: &ProfileLoader) -> Result<Self, Failure> {
        Ok(Self { config: loader.sts_config(&patient_config())? })
    }

    /// Calls signed with these credentials.
    pub(crate) fn signed_by(&self, credentials: &Credentials) -> StsClient {
        StsClient::signed_by(&self.config, credentials.clone())
    }

    /// Calls without a signature, for web identities.
    pub(crate) fn unsigned(&self) -> StsClient {
        StsClient::new(&self.config)
    }

    /// Refused before a person is asked for a code that could not be used.
    pub(crate) fn demand_region(&self) -> Result<(), Failure> {
        match self.config.region() {
            Some(_) => Ok(()),
            None => Err(Failure::usage(
                "no region for STS; use --region, set AWS_REGION, or region in the profile",
            )),
        }
    }

    /// What the `credential_process` of a profile prints.
    pub(crate) async fn process(
        loader: &ProfileLoader,
        profile: &str,
    ) -> Result<Credentials, Failure> {
        let provider = loader.clone().profile(profile).load(&patient_config())?;
        Ok(provider.credentials().await?)
    }

    /// The credentials of the machine, by the name of a `credential_source`.
    pub(crate) async fn machine(name: &str) -> Result<Credentials, Failure> {
        match name {
            "Ec2InstanceMetadata" => {
                let provider = ImdsCredentialsProvider::builder().build();
                Ok(SdkSource::new(provider).credentials().await?)
            }
            "EcsContainer" => {
                let provider = EcsCredentialsProvider::builder().build();
                Ok(SdkSource::new(provider).credentials().await?)
            }
            _ => Err(Failure::usage(format!(
                "unknown credential_source {name:?}; use Environment, Ec2InstanceMetadata or \
                 EcsContainer"
            ))),
        }
    }
}

/// Fails soon enough that a person need not interrupt: one more attempt, no storm.
fn patient_config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(15))
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(100));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(retries)
        .build()
}
