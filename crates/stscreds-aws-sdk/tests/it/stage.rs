//! A fake STS with two accounts, and everything pointed at it with one clock.

#[path = "world.rs"]
mod world;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{
    BehaviorVersion, Credentials as SdkCredentials, Region, SharedCredentialsProvider,
};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_types::SdkConfig;
use fake_sts::FakeSts;
use fake_sts::clock::Clock as FakeClock;
use fake_sts::journal::Call;
use fake_sts::oidc::TokenBuilder;
use fake_sts::saml::AssertionBuilder;
use fake_sts::world::Account;
use stscreds_aws_sdk::StsClient;
use stscreds_core::{Clock, CredentialsProvider, Error, ProviderSource, Timestamp};
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, SamlRoleProvider, SamlRoleProviderBuilder,
    WebIdentityRoleProvider, WebIdentityRoleProviderBuilder,
};
use stscreds_token::{IdentityToken, IdentityTokenRetriever, MfaCode, SamlAssertion};

use self::world::{company, production};

pub use self::world::{
    BOBS_KEY_ID, DEVICE, GUARDED, KEY_ID, NEXT, PARTNER, PLAIN, SAML, SAML_PROVIDER, SECRET, WEB,
    WORKER,
};

/// Where the keys come from that sign the calls.
pub const SIGNER: ProviderSource = ProviderSource::Sdk;

pub struct Stage {
    pub fake: Arc<FakeSts>,
}

impl Stage {
    pub async fn set() -> Self {
        Self::of(company(), production()).await
    }

    /// The same with STS switched off in a region for both accounts.
    pub async fn without(region: &str) -> Self {
        let (mut company, mut production) = (company(), production());
        company.disabled_regions.push(region.to_owned());
        production.disabled_regions.push(region.to_owned());
        Self::of(company, production).await
    }

    async fn of(company: Account, production: Account) -> Self {
        let fake = FakeSts::builder()
            .account(company)
            .account(production)
            .clock_frozen_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_010))
            .start()
            .await
            .unwrap();
        Self { fake: Arc::new(fake) }
    }

    /// The SDK's configuration of a program that signs with these keys.
    pub fn sdk_config_of(&self, keys: SdkCredentials) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(self.fake.uri())
            .region(Region::new("eu-central-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
            .time_source(SharedTimeSource::new(Follows(self.fake.clock().clone())))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .build()
    }

    pub fn sdk_config(&self) -> SdkConfig {
        self.sdk_config_of(SdkCredentials::new(KEY_ID, SECRET, None, None, "alice"))
    }

    pub fn sts(&self) -> StsClient {
        StsClient::new(&self.sdk_config())
    }

    /// Calls that are signed with these keys.
    pub fn sts_with(&self, key_id: &str, secret: &str) -> StsClient {
        let keys = SdkCredentials::new(key_id, secret, None, None, "test");
        StsClient::new(&self.sdk_config_of(keys))
    }

    /// Calls that are signed with the credentials of a provider.
    pub fn signed_by(&self, source: impl CredentialsProvider + 'static) -> StsClient {
        StsClient::signed_by(&self.sdk_config(), source)
    }

    pub fn assume(&self, role: &str) -> AssumeRoleProviderBuilder {
        AssumeRoleProvider::builder(self.sts(), role.parse().unwrap())
    }

    pub fn present(
        &self,
        retriever: impl IdentityTokenRetriever + 'static,
    ) -> WebIdentityRoleProviderBuilder {
        WebIdentityRoleProvider::builder(self.sts(), WEB.parse().unwrap(), retriever)
            .clock(self.clock())
    }

    /// Reads the code from alice's device.
    pub fn mfa_codes(&self) -> impl Fn() -> Result<MfaCode, Error> + Send + Sync + 'static {
        let fake = Arc::clone(&self.fake);
        move || MfaCode::parse(fake.totp_code(DEVICE).unwrap())
    }

    /// The clock of the fake, for our side too.
    pub fn clock(&self) -> Clock {
        Clock::custom(Follows(self.fake.clock().clone()))
    }

    pub fn advance(&self, seconds: u64) {
        self.fake.clock().advance(Duration::from_secs(seconds));
    }

    pub fn token(&self) -> TokenBuilder {
        self.fake.issuer().token().subject("repo:octo/app:ref:refs/heads/main")
    }

    pub fn minted(&self, token: TokenBuilder) -> IdentityToken {
        IdentityToken::parse(token.mint()).unwrap()
    }

    /// An assertion for the role `SAML`.
    pub fn assertion(&self) -> AssertionBuilder {
        let builder = self.fake.saml_identity_provider().assertion();
        builder.subject("alice@example.com").role(SAML_PROVIDER, SAML)
    }

    /// The provider of the role `SAML` with one assertion.
    pub fn federate(&self, assertion: AssertionBuilder) -> SamlRoleProviderBuilder {
        let assertion = SamlAssertion::parse(assertion.mint()).unwrap();
        let (role, provider) = (SAML.parse().unwrap(), SAML_PROVIDER.parse().unwrap());
        SamlRoleProvider::builder(self.sts(), role, provider, assertion)
    }

    pub fn calls(&self) -> Vec<Call> {
        self.fake.journal().calls()
    }

    pub fn call_count(&self) -> usize {
        self.calls().len()
    }

    /// Who the fake says signed the call that these credentials sign.
    pub async fn identity_of(&self, credentials: &stscreds_core::Credentials) -> String {
        let keys = stscreds_aws_sdk::convert::to_sdk(credentials);
        let client = aws_sdk_sts::Client::new(&self.sdk_config_of(keys));
        let identity = client.get_caller_identity().send().await.unwrap();
        identity.arn().unwrap().to_owned()
    }
}

/// The fake's clock, as our crates and the SDK read it.
#[derive(Debug)]
struct Follows(FakeClock);

impl stscreds_core::TimeSource for Follows {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}

impl TimeSource for Follows {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}
