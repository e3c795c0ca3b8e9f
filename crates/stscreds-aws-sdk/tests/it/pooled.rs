//! Pools of roles over real HTTP, within a budget of requests.

use std::time::Duration;

use aws_sdk_sts::config::IdentityCache;
use fake_sts::fault::Fault;
use stscreds_aws_sdk::{SdkProvider, StsClient};
use stscreds_cache::pool::{Budget, CredentialsPool};
use stscreds_core::ErrorKind;
use stscreds_provider::AssumeRoleProvider;
use tokio::task::JoinSet;

use crate::stage::{NEXT, PLAIN, Stage};

/// A session of the role for each tenant, named after it.
fn pool(
    stage: &Stage,
    sts: &StsClient,
    role: &'static str,
    budget: &Budget,
) -> CredentialsPool<u32> {
    let sts = sts.clone();
    CredentialsPool::by_provider(move |tenant: &u32| {
        AssumeRoleProvider::builder(sts.clone(), role.parse().unwrap())
            .session_name(format!("tenant-{tenant}").parse().unwrap())
            .build()
    })
    .budget(budget)
    .clock(stage.clock())
    .build()
}

fn calls(stage: &Stage, operation: &str) -> usize {
    stage.calls().iter().filter(|call| call.operation == operation).count()
}

#[tokio::test]
async fn each_request_takes_a_permit_and_each_tenant_gets_its_own_session() {
    let stage = Stage::set().await;
    let budget = Budget::per_second(10_000).concurrency(4).build();
    let pool = pool(&stage, &stage.sts().budget(&budget), PLAIN, &budget);
    let mut callers = JoinSet::new();
    for caller in 0..150 {
        let pool = pool.clone();
        callers.spawn(async move { (caller % 50, pool.credentials(&(caller % 50)).await) });
    }
    for (tenant, credentials) in callers.join_all().await {
        let arn = stage.identity_of(&credentials.unwrap()).await;
        assert!(arn.ends_with(&format!("/tenant-{tenant}")), "{arn}");
    }

    assert_eq!(calls(&stage, "AssumeRole"), 50);
    assert_eq!((budget.stats().in_flight, budget.stats().queued), (0, 0));
}

#[tokio::test]
async fn what_sts_throttles_slows_the_budget_down_and_is_sent_again() {
    let stage = Stage::set().await;
    let budget = Budget::per_second(100).build();
    let pool = pool(&stage, &stage.sts().budget(&budget), PLAIN, &budget);
    let _throttling = stage.fake.inject(Fault::error("Throttling").on("AssumeRole").times(2));

    pool.credentials(&1).await.unwrap();

    let stats = budget.stats();
    assert_eq!((stats.throttled, stats.in_flight), (2, 0));
    assert!(stats.rate < 60.0, "{}", stats.rate);
    assert_eq!(calls(&stage, "AssumeRole"), 3);
}

#[tokio::test]
async fn one_slot_is_enough_for_a_role_and_the_role_that_signs_for_it() {
    let stage = Stage::set().await;
    let budget = Budget::per_second(10_000).concurrency(1).build();
    let hub = pool(&stage, &stage.sts().budget(&budget), PLAIN, &budget);
    let signed = stage.signed_by(hub.cache(&0)).budget(&budget);
    let spokes = pool(&stage, &signed, NEXT, &budget);
    let mut callers = JoinSet::new();
    for tenant in 0..10 {
        let spokes = spokes.clone();
        callers.spawn(async move { spokes.credentials(&tenant).await });
    }

    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(calls(&stage, "AssumeRole"), 1 + 10);
}

#[tokio::test]
async fn a_request_that_would_wait_too_long_is_refused_and_not_sent() {
    let stage = Stage::set().await;
    let budget = Budget::per_second(1).burst(1).queue_timeout(Duration::ZERO).build();
    let sts = stage.sts().budget(&budget);
    let held = budget.permit().await.unwrap();
    let first = pool(&stage, &sts, PLAIN, &budget);
    let waiting = tokio::spawn({
        let first = first.clone();
        async move { first.credentials(&1).await }
    });
    while budget.stats().queued == 0 {
        tokio::task::yield_now().await;
    }

    let error = first.credentials(&2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert!(error.to_string().contains("requests are queued"), "{error}");
    drop(held);
    waiting.await.unwrap().unwrap();
    assert_eq!(calls(&stage, "AssumeRole"), 1);
}

/// The SDK's own cache keeps 64 partitions, and would fetch anew for each of these.
#[tokio::test]
async fn one_client_of_the_sdk_serves_many_tenants() {
    let stage = Stage::set().await;
    let budget = Budget::per_second(10_000).build();
    let pool = pool(&stage, &stage.sts().budget(&budget), PLAIN, &budget);
    let config = aws_sdk_sts::config::Builder::from(&stage.sdk_config())
        .identity_cache(IdentityCache::no_cache())
        .build();
    let client = aws_sdk_sts::Client::from_conf(config);
    for _round in 0..2 {
        for tenant in 0..200 {
            let keys = SdkProvider::new(pool.cache(&tenant));
            let tenants = aws_sdk_sts::Config::builder().credentials_provider(keys);
            let call = client.get_caller_identity().customize().config_override(tenants);
            let arn = call.send().await.unwrap().arn.unwrap();
            assert!(arn.ends_with(&format!("/tenant-{tenant}")), "{arn}");
        }
    }

    assert_eq!(calls(&stage, "AssumeRole"), 200);
    assert_eq!(pool.stats().entries, 200);
}
