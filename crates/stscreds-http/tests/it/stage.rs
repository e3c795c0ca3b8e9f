//! A fake STS with two accounts, and clients pointed at it with one clock.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::clock::Clock as FakeClock;
use fake_sts::journal::Call;
use fake_sts::oidc::TokenBuilder;
use fake_sts::saml::AssertionBuilder;
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ProviderSource, TimeSource, Timestamp,
};
use stscreds_http::{
    EndpointSettings, RetryPolicy, StsEndpoint, StsHttpClient, StsHttpClientBuilder,
};
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, CallerIdentityClient, SamlRoleProvider,
    SamlRoleProviderBuilder, WebIdentityRoleProvider, WebIdentityRoleProviderBuilder,
};
use stscreds_token::{IdentityToken, IdentityTokenRetriever, MfaCode, SamlAssertion};
use stscreds_transport::HyperClient;

pub use crate::world::{
    DEVICE, GUARDED, KEY_ID, NEXT, PARTNER, PLAIN, SAML, SAML_PROVIDER, SECRET, WEB, WORKER,
};
use crate::world::{company, production};

/// Where the keys come from that sign the calls.
pub const SIGNER: ProviderSource = ProviderSource::Code;

pub struct Stage {
    pub fake: Arc<FakeSts>,
}

impl Stage {
    pub async fn set() -> Self {
        let fake = FakeSts::builder()
            .account(company())
            .account(production())
            .clock_frozen_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_010))
            .start()
            .await
            .unwrap();
        Self { fake: Arc::new(fake) }
    }

    pub fn endpoint(&self) -> StsEndpoint {
        EndpointSettings::new("eu-central-1").url(self.fake.uri()).resolve().unwrap()
    }

    /// A client without credentials that hardly waits before it repeats a request.
    pub fn builder(&self) -> StsHttpClientBuilder {
        let mut retries = RetryPolicy::default();
        retries.first_backoff = Duration::from_millis(1);
        StsHttpClient::builder(self.endpoint(), HyperClient::new())
            .clock(self.clock())
            .retries(retries)
    }

    pub fn sts(&self) -> StsHttpClient {
        self.sts_with(KEY_ID, SECRET)
    }

    /// The keys of alice.
    pub fn keys(&self) -> Credentials {
        Credentials::new(KEY_ID, SECRET)
    }

    /// Calls that are signed with these keys.
    pub fn sts_with(&self, key_id: &str, secret: &str) -> StsHttpClient {
        self.signed_by(Credentials::new(key_id, secret))
    }

    /// Calls that are signed with the credentials of a provider.
    pub fn signed_by(&self, source: impl CredentialsProvider + 'static) -> StsHttpClient {
        self.builder().credentials(source).build()
    }

    pub fn assume(&self, role: &str) -> AssumeRoleProviderBuilder {
        AssumeRoleProvider::builder(self.sts(), role.parse().unwrap())
    }

    pub fn present(
        &self,
        retriever: impl IdentityTokenRetriever + 'static,
    ) -> WebIdentityRoleProviderBuilder {
        let sts = self.builder().build();
        WebIdentityRoleProvider::builder(sts, WEB.parse().unwrap(), retriever).clock(self.clock())
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
        SamlRoleProvider::builder(self.builder().build(), role, provider, assertion)
    }

    pub fn calls(&self) -> Vec<Call> {
        self.fake.journal().calls()
    }

    pub fn call_count(&self) -> usize {
        self.calls().len()
    }

    /// Who the fake says signed the call that these credentials sign.
    pub async fn identity_of(&self, credentials: &Credentials) -> String {
        let sts = self.signed_by(credentials.clone());
        sts.caller_identity().await.unwrap().arn().to_owned()
    }
}

/// The fake's clock, as our crates read it.
#[derive(Debug)]
struct Follows(FakeClock);

impl TimeSource for Follows {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}
