//! What is AWS elsewhere: a fake STS in this process, and the SDK configured for it.
//! Elsewhere that is `aws_config::load_defaults(BehaviorVersion::latest()).await`.

#![allow(dead_code, unreachable_pub, reason = "each example is a program and uses a part of it")]

use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use fake_sts::FakeSts;
use fake_sts::world::{Role, World};
use serde_json::{Value, json};

pub type Outcome = Result<(), Box<dyn std::error::Error>>;

pub const PLAIN: &str = "arn:aws:iam::111122223333:role/plain";
pub const NEEDS_MFA: &str = "arn:aws:iam::111122223333:role/mfa";
pub const ALICES_DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

/// The fake with its standard world of two accounts, and the SDK with alice's keys.
pub async fn start() -> (FakeSts, SdkConfig) {
    let fake = FakeSts::start().await;
    let config = sdk_config(&fake);
    (fake, config)
}

/// The same with one more role in the first account, 111122223333, or in the second,
/// 444455556666.
pub async fn start_with(
    account: usize,
    role: Role,
) -> Result<(FakeSts, SdkConfig), fake_sts::StartError> {
    let mut world = World::standard();
    world.accounts[account].roles.push(role);
    let fake = FakeSts::builder().world(world).start().await?;
    let config = sdk_config(&fake);
    Ok((fake, config))
}

/// A trust policy: who may assume the role, and on what condition.
pub fn trust(principal: &str, condition: &Value) -> Value {
    let actions = ["sts:AssumeRole", "sts:TagSession"];
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Condition": condition,
    }]})
}

pub fn sdk_config(fake: &FakeSts) -> SdkConfig {
    let keys = Credentials::new(
        "AKIARTX3GSDSQALICE22",
        "fake-sts/secret/of/alice/not/for/real/00",
        None,
        None,
        "alice",
    );
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(fake.uri())
        .region(Region::new("eu-central-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build()
}
