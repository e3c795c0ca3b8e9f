use std::borrow::Cow;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::profile::credentials::Builder;
use aws_config::provider_config::ProviderConfig;
use stscreds_core::CredentialsProvider;

use crate::{ProfileLoader, SdkProvider, SdkSource};

/// Makes our provider the meaning of `credential_source = NAME` in profiles that the
/// SDK itself loads.
///
/// ```no_run
/// use aws_config::profile::ProfileFileCredentialsProvider;
/// use stscreds_aws_sdk::named_source;
///
/// # fn example(vault: impl stscreds_core::CredentialsProvider + 'static) {
/// let builder = ProfileFileCredentialsProvider::builder().profile_name("deploy");
/// let profile = named_source(builder, "Vault", vault).build();
/// # }
/// ```
#[must_use]
pub fn named_source(
    builder: Builder,
    name: impl Into<Cow<'static, str>>,
    provider: impl CredentialsProvider + 'static,
) -> Builder {
    builder.with_custom_provider(name, SdkProvider::new(provider))
}

impl ProfileLoader {
    /// Lets the SDK's providers stand for the credential sources of AWS's machines,
    /// `Ec2InstanceMetadata` and `EcsContainer`.
    pub fn sources_of_sdk(self, provider_config: &ProviderConfig) -> Self {
        let instance = ImdsCredentialsProvider::builder().configure(provider_config).build();
        let container = EcsCredentialsProvider::builder().configure(provider_config).build();
        self.credential_source("Ec2InstanceMetadata", SdkSource::new(instance))
            .credential_source("EcsContainer", SdkSource::new(container))
    }
}
