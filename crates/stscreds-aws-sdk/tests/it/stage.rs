//! A fake STS with two accounts, and everything pointed at it with one clock.

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
use fake_sts::world::{Account, MfaDevice, OidcProvider, Role, SamlProvider, User};
use serde_json::{Value, json};
use stscreds_aws_sdk::StsClient;
use stscreds_core::{Clock, Error, Timestamp};
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, SamlRoleProvider, SamlRoleProviderBuilder,
    WebIdentityRoleProvider, WebIdentityRoleProviderBuilder,
};
use stscreds_token::{IdentityToken, IdentityTokenRetriever, MfaCode, SamlAssertion};

pub const KEY_ID: &str = "AKIARTXAEYWUQ3ALICE2";
pub const SECRET: &str = "planted/secret/of/alice/0000000000000000";
/// Of bob, who may call nothing.
pub const BOBS_KEY_ID: &str = "AKIARTXAEYWUQ3BOB234";
pub const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

/// Trusts alice's account without conditions.
pub const PLAIN: &str = "arn:aws:iam::444455556666:role/plain";
/// Wants the external id `partner-7`.
pub const PARTNER: &str = "arn:aws:iam::444455556666:role/partner";
/// Wants MFA.
pub const GUARDED: &str = "arn:aws:iam::444455556666:role/guarded";
/// Wants a token of the built-in issuer.
pub const WEB: &str = "arn:aws:iam::444455556666:role/web";
/// Wants an assertion of the built-in SAML identity provider.
pub const SAML: &str = "arn:aws:iam::444455556666:role/saml";
pub const SAML_PROVIDER: &str = "arn:aws:iam::444455556666:saml-provider/Idp";
/// Trusts `PLAIN`.
pub const NEXT: &str = "arn:aws:iam::444455556666:role/next";

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

fn company() -> Account {
    let may_call_sts = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:*", "Resource": "*"},
    ]});
    let alice = User::new("alice")
        .access_key(KEY_ID, SECRET)
        .mfa_device(MfaDevice::virtual_device("alice"))
        .policy("may-call-sts", may_call_sts);
    let bob = User::new("bob").access_key(BOBS_KEY_ID, SECRET);
    Account::new("111122223333").user(alice).user(bob)
}

fn production() -> Account {
    let company = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    let external_id = json!({"StringEquals": {"sts:ExternalId": "partner-7"}});
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let issuer = json!({"Federated": "arn:aws:iam::444455556666:oidc-provider/oidc.fake-sts.test"});
    let subject = json!({"StringLike": {"oidc.fake-sts.test:sub": "repo:octo/*"}});
    let may_assume_next = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": NEXT},
    ]});
    let read_only = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    ]});
    Account::new("444455556666")
        .managed_policy("read-only", read_only)
        .role(
            Role::new("plain")
                .trust_policy(trust(company(), "sts:AssumeRole", json!({})))
                .max_session_duration(Duration::from_secs(7200))
                .policy("may-assume-next", may_assume_next),
        )
        .role(Role::new("partner").trust_policy(trust(company(), "sts:AssumeRole", external_id)))
        .role(Role::new("guarded").trust_policy(trust(company(), "sts:AssumeRole", mfa)))
        .role(Role::new("web").trust_policy(trust(
            issuer,
            "sts:AssumeRoleWithWebIdentity",
            subject,
        )))
        .role(Role::new("saml").trust_policy(trust(
            json!({"Federated": SAML_PROVIDER}),
            "sts:AssumeRoleWithSAML",
            json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
        )))
        .role(
            Role::new("next")
                .trust_policy(trust(json!({"AWS": PLAIN}), "sts:AssumeRole", json!({})))
                .max_session_duration(Duration::from_secs(7200)),
        )
        .saml_provider(SamlProvider::built_in("Idp"))
        .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"))
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table above")]
fn trust(principal: Value, action: &str, condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": principal,
        "Action": [action, "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition,
    }]})
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
