use std::sync::Arc;
use std::time::Duration;

use stscreds_cache::pool::{Budget, CredentialsPool};
use stscreds_core::{Credentials, Error, ErrorKind};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::stage::{LIFE, Sts};

#[tokio::test(start_paused = true)]
async fn cold_keys_are_fetched_at_the_rate_and_no_second_has_more() {
    let sts = Sts::new();
    let budget = Budget::per_second(100).burst(10).concurrency(1_000).build();
    let pool = sts.pool(&budget).tenant(|_| 0).build();
    let mut warming = pool.warm(0..1_000);

    while let Some((_, outcome)) = warming.next().await {
        outcome.unwrap();
    }

    let asked: Vec<_> = sts.asked().into_iter().map(|(at, _)| at).collect();
    assert_eq!(asked.len(), 1_000);
    for (first, from) in asked.iter().enumerate() {
        let second = asked[first..].iter().take_while(|at| **at - *from < SECOND).count();
        assert!(second <= 110, "{second} in the second from {from:?}");
    }
    let took = asked.last().unwrap().as_secs_f64();
    assert!((9.8..=10.4).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn while_a_valid_value_exists_nobody_waits_for_the_budget() {
    let sts = Sts::new();
    let budget = Budget::per_second(1).burst(1).concurrency(1).build();
    let pool = sts.pool(&budget).build();
    pool.credentials(&0).await.unwrap();
    sleep(LIFE - Duration::from_secs(30)).await;
    // Somebody else uses the budget up.
    let _slot = budget.permit().await.unwrap();

    let begun = Instant::now();
    pool.credentials(&0).await.unwrap();

    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_floods_delays_a_quiet_one_by_no_more_than_every_other_turn() {
    let sts = Sts::new();
    let budget = Budget::per_second(100).burst(1).concurrency(10_000).concurrency_of_tenant(10_000);
    let budget = budget.queue_timeout(Duration::from_secs(600)).build();
    let pool = sts.pool(&budget).tenant(|key| *key >= 100_000).build();
    let mut callers = JoinSet::new();
    for key in 0..5_000 {
        let pool = pool.clone();
        callers.spawn(async move { pool.credentials(&key).await.map(drop) });
    }
    sleep(Duration::from_millis(1)).await;
    let before = sts.calls();
    for key in 100_000..100_010 {
        let pool = pool.clone();
        callers.spawn(async move { pool.credentials(&key).await.map(drop) });
    }
    while sts.asked().iter().filter(|(_, key)| *key >= 100_000).count() < 10 {
        sleep(Duration::from_millis(10)).await;
    }

    let asked = sts.asked();
    let quiet = (1..).zip(asked.iter().skip(before)).filter(|(_, (_, key))| *key >= 100_000);
    for (place, (turn, _)) in (1..).zip(quiet) {
        assert!(turn <= 2 * place + 1, "the {place}th began as the {turn}th");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_whose_calls_hang_holds_a_quarter_of_the_slots() {
    let budget = Budget::per_second(1_000).concurrency(8).build();
    let pool = CredentialsPool::builder(async |key: u32| {
        if key < 100 {
            std::future::pending::<()>().await;
        }
        Ok(Credentials::new("AKIAQUIET", "secret"))
    })
    .tenant(|key| *key < 100)
    .budget(&budget)
    .build();
    for key in 0..50 {
        let pool = pool.clone();
        tokio::spawn(async move { pool.credentials(&key).await.map(drop) });
    }
    sleep(SECOND).await;

    let quiet = timeout(SECOND, pool.credentials(&100)).await.unwrap();

    quiet.unwrap();
    assert_eq!(budget.stats().in_flight, 2);
}

#[tokio::test(start_paused = true)]
async fn what_would_wait_for_too_long_is_refused_at_once_and_says_why() {
    let sts = Sts::new();
    let budget = Budget::per_second(10).burst(1).queue_timeout(Duration::from_secs(2)).build();
    let pool = sts.pool(&budget).tenant(|_| ()).build();
    for key in 0..22 {
        let pool = pool.clone();
        tokio::spawn(async move { pool.credentials(&key).await.map(drop) });
    }
    sleep(Duration::from_millis(1)).await;

    let begun = Instant::now();
    let refused = pool.credentials(&99).await.unwrap_err();

    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(refused.kind(), ErrorKind::Throttled);
    assert!(refused.to_string().contains("requests are queued"), "{refused}");
}

/// A tenant's role is assumed with the credentials of a hub role, and both count.
#[tokio::test(start_paused = true)]
async fn a_hub_role_under_tenant_roles_needs_no_second_slot() {
    let budget = Budget::per_second(100).concurrency(1).build();
    let request = {
        let budget = budget.clone();
        async move |name: &'static str| {
            let permit = budget.permit().await?;
            sleep(Duration::from_millis(100)).await;
            permit.finish(None);
            Ok::<_, Error>(Credentials::new(name, "secret"))
        }
    };
    let request = Arc::new(request);
    let hub = {
        let request = Arc::clone(&request);
        CredentialsPool::by_provider(move |_: &()| {
            let request = Arc::clone(&request);
            move || {
                let request = Arc::clone(&request);
                async move { request("ASIAHUB").await }
            }
        })
        .budget(&budget)
        .build()
    };
    let tenants = CredentialsPool::by_provider(move |_: &u32| {
        let (hub, request) = (hub.clone(), Arc::clone(&request));
        move || {
            let (hub, request) = (hub.clone(), Arc::clone(&request));
            async move {
                hub.credentials(&()).await?;
                request("ASIATENANT").await
            }
        }
    })
    .budget(&budget)
    .build();
    let mut callers = JoinSet::new();
    for key in 0..5 {
        let tenants = tenants.clone();
        callers.spawn(async move { tenants.credentials(&key).await });
    }

    let answers = timeout(Duration::from_secs(5), callers.join_all()).await.unwrap();

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(budget.stats().in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_rate_and_quiet_brings_it_back() {
    let budget = Budget::per_second(100).build();
    let throttled = Error::new(ErrorKind::Throttled, "Rate exceeded");

    budget.permit().await.unwrap().finish(Some(&throttled));
    budget.permit().await.unwrap().finish(Some(&throttled));

    assert!((budget.stats().rate - 50.0).abs() < 0.1, "{:?}", budget.stats());
    assert_eq!(budget.stats().throttled, 2);
    sleep(Duration::from_secs(60)).await;
    assert!((budget.stats().rate - 100.0).abs() < 0.1, "{:?}", budget.stats());
}

#[tokio::test(start_paused = true)]
async fn while_sts_is_unreachable_one_request_tries_for_all() {
    let budget = Budget::per_second(1_000).concurrency(100).build();
    let unreachable = Error::new(ErrorKind::ConnectionFailed, "connection refused");
    for _ in 0..3 {
        budget.permit().await.unwrap().finish(Some(&unreachable));
    }

    let probe = budget.permit().await.unwrap();
    let refused = budget.permit().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionFailed);
    probe.finish(None);

    let (one, two) = (budget.permit().await.unwrap(), budget.permit().await.unwrap());
    assert_eq!(budget.stats().in_flight, 2);
    drop((one, two));
}

/// The one who waits for the next token on behalf of all may vanish.
#[tokio::test(start_paused = true)]
async fn a_waiter_that_leaves_holds_up_nobody() {
    let budget = Budget::per_second(1).burst(1).concurrency(10).build();
    let _taken = budget.permit().await.unwrap();
    let mut waiters: Vec<_> = (0..5).map(|_| Box::pin(budget.permit())).collect();
    for waiter in &mut waiters {
        assert!(futures_poll(waiter).is_none());
    }

    let last = waiters.pop().unwrap();
    waiters.clear();

    let _granted = timeout(Duration::from_secs(2), last).await.unwrap().unwrap();
}

fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

const SECOND: Duration = Duration::from_secs(1);
