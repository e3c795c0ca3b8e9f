mod answer;
mod answer_limit;
mod assume_role;
mod caller;
mod caller_identity;
mod date;
mod fault;
mod federation_token;
mod member;
mod retry;
mod saml_role;
mod session_token;
mod web_identity;

use std::sync::Arc;

use aws_smithy_runtime::client::identity::IdentityCache;
use aws_types::SdkConfig;
use stscreds_cache::ClockSkew;
use stscreds_core::{CredentialsProvider, ProviderSource, SessionKey};

use self::answer_limit::AnswerLimit;
pub(crate) use self::caller::Signer as StsSigner;
use self::caller::{Caller, Signer};
use self::date::DateWatch;
use crate::SdkProvider;

/// STS through `aws_sdk_sts::Client`, as the providers see it.
///
/// It implements every view of `stscreds-provider`:
/// [`AssumeRoleClient`](stscreds_provider::AssumeRoleClient),
/// [`AssumeRoleWithWebIdentityClient`](stscreds_provider::AssumeRoleWithWebIdentityClient),
/// [`AssumeRoleWithSamlClient`](stscreds_provider::AssumeRoleWithSamlClient),
/// [`SessionTokenClient`](stscreds_provider::SessionTokenClient),
/// [`FederationTokenClient`](stscreds_provider::FederationTokenClient) and
/// [`CallerIdentityClient`](stscreds_provider::CallerIdentityClient). Region, endpoint,
/// time-outs and retries are those of the SDK's configuration; no region is guessed.
///
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct StsClient {
    client: aws_sdk_sts::Client,
    signing_sources: Vec<ProviderSource>,
    caller: Caller,
}

impl StsClient {
    /// STS as the SDK's configuration says, calls signed with its credentials.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self::from(aws_sdk_sts::Client::new(config)).sending_to(config)
    }

    /// STS as the SDK's configuration says, calls signed with the credentials of
    /// this provider: for a role that is assumed from another role.
    ///
    /// Give a cache of ours: it is asked at each call, and the SDK's own cache is
    /// switched off so as not to keep what ours has replaced.
    #[must_use]
    pub fn signed_by(config: &SdkConfig, source: impl CredentialsProvider + 'static) -> Self {
        let source: Arc<dyn CredentialsProvider> = Arc::new(source);
        let signing_sources = source.provider_sources();
        let sts = aws_sdk_sts::config::Builder::from(config)
            .credentials_provider(SdkProvider::new(Arc::clone(&source)))
            .identity_cache(IdentityCache::no_cache())
            .build();
        Self::from(aws_sdk_sts::Client::from_conf(sts))
            .signing_sources(signing_sources)
            .sending_to(config)
            .signer(Signer::Provider(source))
    }

    /// Declares the identity that signs the calls, where it cannot be known: of a client
    /// with the credentials of the AWS SDK.
    ///
    /// Sessions of two clients that are given one key are interchangeable, in memory and
    /// on disk ([`session_key`](CredentialsProvider::session_key)).
    ///
    /// ```
    /// # fn example(sdk_config: &aws_types::SdkConfig) {
    /// use stscreds_aws_sdk::StsClient;
    /// use stscreds_core::SessionKey;
    ///
    /// let alice = SessionKey::builder("keys of").part("user", "alice").build();
    /// let sts = StsClient::new(sdk_config).signed_as(alice);
    /// # }
    /// ```
    #[must_use]
    pub fn signed_as(self, key: SessionKey) -> Self {
        self.signer(Signer::Declared(key))
    }

    /// Tells this skew what STS's answers say of the time.
    ///
    /// An expiry is an instant of AWS's clock. Give the same handle to the cache, by
    /// [`CacheBuilder::clock_skew`](stscreds_cache::CacheBuilder::clock_skew), and its
    /// values live for as long as they do although the local clock is off.
    #[must_use]
    pub fn clock_skew(mut self, skew: ClockSkew) -> Self {
        let config = self.client.config().to_builder().interceptor(DateWatch(skew)).build();
        self.client = aws_sdk_sts::Client::from_conf(config);
        self
    }

    /// Declares where the keys come from that sign the calls, first source first.
    #[must_use]
    pub fn signing_sources(mut self, sources: impl Into<Vec<ProviderSource>>) -> Self {
        self.signing_sources = sources.into();
        self
    }

    pub(crate) fn signer(mut self, signer: Signer) -> Self {
        self.caller.signer = Some(signer);
        self
    }

    /// Says that the client was made from this configuration.
    pub(crate) fn sending_to(mut self, config: &SdkConfig) -> Self {
        self.caller.destination = Some(caller::destination_of(config));
        self
    }
}

/// The client as it is, but for answers of more than 1 MiB, which it refuses; its sources are
/// reported as [`ProviderSource::Sdk`].
impl From<aws_sdk_sts::Client> for StsClient {
    fn from(client: aws_sdk_sts::Client) -> Self {
        let config = client.config().to_builder().interceptor(AnswerLimit).build();
        let client = aws_sdk_sts::Client::from_conf(config);
        Self { client, signing_sources: vec![ProviderSource::Sdk], caller: Caller::default() }
    }
}
