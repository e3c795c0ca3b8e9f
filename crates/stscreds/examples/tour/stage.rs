//! The fake STS with its two accounts, and the AWS SDK pointed at it.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_types::SdkConfig;
use fake_sts::FakeSts;
use fake_sts::clock::Clock as FakeClock;
use fake_sts::journal::Call;
use fake_sts::oidc::TokenBuilder;
use fake_sts::world::{Account, MfaDevice, OidcProvider, Role, User};
use serde_json::{Value, json};
use stscreds::core::{Clock, Timestamp};
use stscreds::{Error as StsError, ErrorKind, MfaCode, StsClient};

pub const DEPLOY: &str = "arn:aws:iam::444455556666:role/deploy";
pub const WEB: &str = "arn:aws:iam::444455556666:role/web";
pub const EXTERNAL_ID: &str = "partner-7";
pub const ALICES_DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

const KEY_ID: &str = "AKIARTXAEYWUQ3ALICE2";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub struct Stage {
    fake: Arc<FakeSts>,
}

impl Stage {
    pub async fn set() -> Result<Self, Box<dyn Error>> {
        let fake = FakeSts::builder().account(company()).account(production()).start().await?;
        Ok(Self { fake: Arc::new(fake) })
    }

    pub fn uri(&self) -> &str {
        self.fake.uri()
    }

    /// The SDK's configuration of a program that has alice's keys.
    pub fn sdk_config(&self) -> SdkConfig {
        let keys = Credentials::new(KEY_ID, SECRET, None, None, "alice");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(self.uri())
            .region(Region::new("eu-central-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .time_source(SharedTimeSource::new(Follows(self.fake.clock().clone())))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .build()
    }

    pub fn sts(&self) -> StsClient {
        StsClient::new(&self.sdk_config())
    }

    /// The clock of the fake, for our side too: one time for all.
    pub fn clock(&self) -> Clock {
        Clock::custom(Follows(self.fake.clock().clone()))
    }

    pub fn advance(&self, by: Duration) {
        self.fake.clock().advance(by);
    }

    /// The code that alice reads from her device.
    pub fn mfa_code(&self) -> impl Fn() -> Result<MfaCode, StsError> + Send + Sync + 'static {
        let fake = Arc::clone(&self.fake);
        move || match fake.totp_code(ALICES_DEVICE) {
            Ok(code) => MfaCode::parse(code),
            Err(unknown) => {
                Err(StsError::new(ErrorKind::MfaCodeUnavailable, "alice has lost her device")
                    .with_source(unknown))
            }
        }
    }

    /// A token of the fake's own OIDC issuer, to be changed and minted.
    pub fn token(&self) -> TokenBuilder {
        self.fake.issuer().token().subject("repo:octo/app:ref:refs/heads/main")
    }

    pub fn calls(&self) -> Vec<Call> {
        self.fake.journal().calls()
    }

    pub fn calls_so_far(&self) -> usize {
        self.calls().len()
    }
}

/// Alice's company.
fn company() -> Account {
    let may_assume = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": DEPLOY},
    ]});
    let alice = User::new("alice")
        .access_key(KEY_ID, SECRET)
        .mfa_device(MfaDevice::virtual_device("alice"))
        .policy("may-deploy", may_assume);
    Account::new("111122223333").user(alice)
}

/// The account of production, whose roles trust alice's company and an issuer of
/// web identities.
fn production() -> Account {
    let deploy = trust(
        json!({"AWS": "arn:aws:iam::111122223333:root"}),
        "sts:AssumeRole",
        json!({
            "StringEquals": {"sts:ExternalId": EXTERNAL_ID},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
        }),
    );
    let web = trust(
        json!({"Federated": "arn:aws:iam::444455556666:oidc-provider/oidc.fake-sts.test"}),
        "sts:AssumeRoleWithWebIdentity",
        json!({"StringLike": {"oidc.fake-sts.test:sub": "repo:octo/*"}}),
    );
    Account::new("444455556666")
        .role(Role::new("deploy").trust_policy(deploy))
        .role(Role::new("web").trust_policy(web))
        .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"))
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table above")]
fn trust(principal: Value, action: &str, condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition},
    ]})
}

/// The fake's clock, as our crates and the SDK read it.
#[derive(Debug)]
struct Follows(FakeClock);

impl stscreds::core::TimeSource for Follows {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}

impl TimeSource for Follows {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}
