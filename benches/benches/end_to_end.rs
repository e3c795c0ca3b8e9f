//! What is a cache's share of a whole call? `GetCallerIdentity` of an SDK client, in a role
//! that was assumed, over loopback to the fake: with our cache, and with the SDK's own over
//! the same provider.

#![allow(clippy::expect_used, missing_docs, reason = "a bench fails by panicking")]

use std::time::{Duration, SystemTime};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_types::SdkConfig;
use criterion::{Criterion, criterion_group, criterion_main};
use fake_sts::FakeSts;
use fake_sts::world::{Account, Role, User};
use serde_json::json;
use stscreds_aws_sdk::{SdkCache, StsClient};
use stscreds_core::{Clock, Timestamp};
use stscreds_provider::AssumeRoleProvider;
use tokio::runtime::Runtime;

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";
const KEY: (&str, &str) = ("AKIARTXAEYWUQ3ALICE2", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

fn end_to_end(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let fake = runtime.block_on(FakeSts::builder().account(account()).start()).expect("it starts");
    let config = config(&fake);
    let role =
        AssumeRoleProvider::builder(StsClient::new(&config), ROLE.parse().expect("it is an ARN"));
    let clock = Clock::custom(Follows(fake.clock().clone()));
    let cache = SdkCache::configured(role.build(), |cache| cache.clock(clock));
    let base = || Builder::from(&config).credentials_provider(cache.credentials_provider());
    let ours = Client::from_conf(base().identity_cache(cache.identity_cache()).build());
    let lazy = Client::from_conf(base().build());

    let mut group = criterion.benchmark_group("end_to_end");
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for (name, client) in [("stscreds", &ours), ("sdk-lazy", &lazy)] {
        group.bench_function(format!("GetCallerIdentity/{name}"), |bencher| {
            bencher.iter(|| {
                let answer = runtime.block_on(client.get_caller_identity().send());
                answer.expect("the fake answers").arn.expect("everybody has one")
            });
        });
    }
    group.bench_function("AssumeRole", |bencher| {
        bencher.iter(|| runtime.block_on(cache.refresh()).expect("the fake answers"));
    });
    group.finish();
}

fn config(fake: &FakeSts) -> SdkConfig {
    let keys = Credentials::new(KEY.0, KEY.1, None, None, "alice");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(fake.uri())
        .region(Region::new("eu-central-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SharedTimeSource::new(Follows(fake.clock().clone())))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(keys))
        .build()
}

fn account() -> Account {
    let may_assume = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE},
    ]});
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
    ]});
    Account::new("111122223333")
        .user(User::new("alice").access_key(KEY.0, KEY.1).policy("may-deploy", may_assume))
        .role(Role::new("deploy").trust_policy(trust))
}

#[derive(Debug)]
struct Follows(fake_sts::clock::Clock);

impl TimeSource for Follows {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

impl stscreds_core::TimeSource for Follows {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}

criterion_group!(benches, end_to_end);
criterion_main!(benches);
