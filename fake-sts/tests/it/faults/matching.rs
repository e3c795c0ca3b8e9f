//! Which calls a fault strikes.

use std::sync::OnceLock;

use axum::body::Body;
use fake_sts::FakeSts;
use fake_sts::fault::{Fault, FaultGuard};
use http::{Request, Response};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::{PLAIN, assume, frozen, whoami};
use crate::client::{ALICE, ALICE_ARN, BOB, Call, ask, call, keys};

async fn statuses(sts: &FakeSts, calls: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..calls {
        statuses.push(ask(sts, &keys(ALICE), whoami()).await.status);
    }
    statuses
}

fn busy() -> Fault {
    Fault::error("ServiceUnavailable")
}

#[tokio::test]
async fn calls_are_chosen_by_their_number() {
    let sts = frozen().await;

    for (fault, wanted) in [
        (busy().nth(2), [200, 503, 200, 200, 200, 200]),
        (busy().first(2), [503, 503, 200, 200, 200, 200]),
        (busy().after(2), [200, 200, 503, 503, 503, 503]),
        (busy().every(3), [200, 200, 503, 200, 200, 503]),
        (busy().times(1), [503, 200, 200, 200, 200, 200]),
        (busy().after(1).first(5).every(2), [200, 200, 503, 200, 503, 200]),
        (busy().every(2).times(2), [200, 503, 200, 503, 200, 200]),
    ] {
        let guard = sts.inject(fault.clone());
        let found = statuses(&sts, 6).await;
        assert_eq!(found, wanted, "{fault:?}");
        assert_eq!(
            guard.hits(),
            u64::try_from(wanted.iter().filter(|status| **status == 503).count()).unwrap()
        );
    }
}

#[tokio::test]
async fn calls_are_chosen_by_what_they_are_about_and_by_whom() {
    let sts = frozen().await;
    let external = "arn:aws:iam::111122223333:role/external";
    let struck = async |fault: Fault, credentials, call: Call| {
        let _guard = sts.inject(fault);
        ask(&sts, credentials, call).await.status == 503
    };
    let (alice, bob, forger) = (&keys(ALICE), &keys(BOB), &keys((ALICE.0, "wrong")));

    assert!(struck(busy().role(PLAIN), alice, assume(PLAIN)).await);
    assert!(struck(busy().role("plain"), alice, assume(PLAIN)).await);
    assert!(!struck(busy().role("plain"), alice, assume(external)).await);
    assert!(!struck(busy().role("lain"), alice, assume(PLAIN)).await);
    assert!(!struck(busy().role("plain"), alice, whoami()).await);
    assert!(struck(busy().caller(ALICE_ARN), alice, whoami()).await);
    assert!(!struck(busy().caller(ALICE_ARN), bob, whoami()).await);
    assert!(!struck(busy().caller(ALICE_ARN), forger, whoami()).await);
    assert!(struck(busy().access_key(ALICE.0), forger, whoami()).await);
    assert!(!struck(busy().access_key(ALICE.0), bob, whoami()).await);
    assert!(struck(busy().on("AssumeRole").on("GetCallerIdentity"), bob, whoami()).await);
    assert!(!struck(busy().on("AssumeRole").on("GetSessionToken"), bob, whoami()).await);

    let session = ask(&sts, alice, assume(PLAIN)).await.credentials();
    assert!(struck(busy().caller(PLAIN), &session, whoami()).await);
    let of_session = "arn:aws:sts::111122223333:assumed-role/plain/run";
    assert!(struck(busy().caller(of_session), &session, whoami()).await);
    assert!(!struck(busy().caller(PLAIN), alice, whoami()).await);
}

#[tokio::test]
async fn the_first_that_fits_decides_and_those_after_it_do_not_see_the_call() {
    let sts = frozen().await;
    let first = sts.inject(Fault::error("Throttling").times(2));
    let second = sts.inject(Fault::error("InternalFailure").nth(1));

    assert_eq!(statuses(&sts, 4).await, [400, 400, 500, 200]);

    assert_eq!((first.hits(), second.hits()), (2, 1));
    let seen =
        sts.faults().list().iter().map(|fault| (fault.seen, fault.active)).collect::<Vec<_>>();
    assert_eq!(seen, [(4, false), (2, true)]);
}

#[tokio::test]
async fn chance_is_that_of_the_seed() {
    let sts = frozen().await;
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let guard = sts.inject(busy().probability(0.25).seed(seed));
        runs.push(statuses(&sts, 200).await);
        assert!((30..=70).contains(&guard.hits()), "{}", guard.hits());
    }

    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    let certain = sts.inject(busy().probability(1.0));
    assert_eq!(statuses(&sts, 3).await, [503, 503, 503]);
    drop(certain);
}

#[tokio::test]
async fn a_fault_ends_with_its_guard_unless_it_is_kept() {
    let sts = frozen().await;

    let kept = sts.inject(busy().times(2)).keep();
    drop(sts.inject(Fault::error("Throttling")));

    assert_eq!(statuses(&sts, 1).await, [503]);
    assert!(sts.faults().remove(kept));
    assert!(!sts.faults().remove(kept));
    assert_eq!(statuses(&sts, 1).await, [200]);
}

#[tokio::test]
async fn unknown_operations_and_the_side_door_do_not_go_wrong() {
    let sts = frozen().await;
    let guard = sts.inject(busy());

    let unknown = ask(&sts, &keys(ALICE), call("NoSuchAction", &[])).await;
    let elsewhere = ask(&sts, &keys(ALICE), whoami().target("/_fake-sts/health")).await;

    assert_eq!((unknown.status, elsewhere.status, guard.hits()), (400, 405, 0));
}

/// The conditions of a fault, for the model.
#[derive(Clone, Debug)]
struct Case {
    on: Option<&'static str>,
    of_alice: bool,
    first: Option<u64>,
    after: Option<u64>,
    every: Option<u64>,
    times: Option<u64>,
    adds: bool,
}

const CODES: [&str; 6] = [
    "Throttling",
    "InternalFailure",
    "ServiceUnavailable",
    "ExpiredToken",
    "PackedPolicyTooLarge",
    "MalformedInput",
];

impl Case {
    fn fault(&self, code: &str, index: usize) -> Fault {
        let off_by = 10_i64.pow(u32::try_from(index).unwrap());
        let mut fault = if self.adds { Fault::wrong_date(off_by) } else { Fault::error(code) };
        if let Some(operation) = self.on {
            fault = fault.on(operation);
        }
        if self.of_alice {
            fault = fault.caller(ALICE_ARN);
        }
        let set = |fault, value: Option<u64>, set: fn(Fault, u64) -> Fault| match value {
            Some(value) => set(fault, value),
            None => fault,
        };
        fault = set(fault, self.first, Fault::first);
        fault = set(fault, self.after, Fault::after);
        fault = set(fault, self.every, Fault::every);
        set(fault, self.times, Fault::times)
    }

    /// The numbers of all calls that it may ever choose, written out.
    fn chosen(&self) -> Vec<u64> {
        let mut numbers = (1..=60).collect::<Vec<u64>>();
        if let Some(first) = self.first {
            numbers.truncate(usize::try_from(first).unwrap());
        }
        numbers.drain(..usize::try_from(self.after.unwrap_or(0)).unwrap().min(numbers.len()));
        let step = usize::try_from(self.every.unwrap_or(1)).unwrap();
        numbers.into_iter().skip(step - 1).step_by(step).collect()
    }
}

/// What becomes of each call: the code and the shift of the date. Each fault is asked about its whole history anew.
fn model(cases: &[Case], calls: &[(&str, bool)]) -> Vec<(Option<&'static str>, i64)> {
    let mut histories = vec![Vec::<bool>::new(); cases.len()];
    let mut results = Vec::new();
    for (operation, by_alice) in calls {
        let (mut code, mut shift) = (None, 0);
        for (index, case) in cases.iter().enumerate() {
            let fits = case.on.is_none_or(|on| on == *operation) && (*by_alice || !case.of_alice);
            if !fits || (code.is_some() && !case.adds) {
                continue;
            }
            let history = &mut histories[index];
            let number = u64::try_from(history.len()).unwrap() + 1;
            let hits = history.iter().filter(|hit| **hit).count();
            let spent = case.times.is_some_and(|times| hits >= usize::try_from(times).unwrap());
            let hit = case.chosen().contains(&number) && !spent;
            history.push(hit);
            match (hit, case.adds) {
                (true, true) => shift += 10_i64.pow(u32::try_from(index).unwrap()),
                (true, false) => code = Some(CODES[index]),
                (false, _) => {}
            }
        }
        results.push((code, shift));
    }
    results
}

fn case() -> impl Strategy<Value = Case> {
    let few = || option::of(1..6_u64);
    let on = option::of(select(vec!["GetCallerIdentity", "GetSessionToken"]));
    (on, any::<bool>(), option::of(4..12_u64), few(), few(), few(), any::<bool>()).prop_map(
        |(on, of_alice, first, after, every, times, adds)| Case {
            on,
            of_alice,
            first,
            after,
            every,
            times,
            adds,
        },
    )
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap())
}

fn answer(sts: &FakeSts, request: Request<Body>) -> Response<Body> {
    runtime().block_on(sts.router().oneshot(request)).unwrap()
}

fn date(response: &Response<Body>) -> i64 {
    let text = response.headers()["date"].to_str().unwrap();
    jiff::fmt::rfc2822::parse(text).unwrap().timestamp().as_second()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_faults_and_calls_go_as_the_naive_model_says(
        cases in vec(case(), 1..=6),
        calls in vec((select(vec!["GetCallerIdentity", "GetSessionToken"]), any::<bool>()), 1..25),
    ) {
        let sts = FakeSts::builder().without_socket().unwrap();
        sts.clock().freeze();
        let now = jiff::Timestamp::try_from(sts.clock().now()).unwrap().as_second();
        let mut guards = Vec::<FaultGuard>::new();
        let mut injected = Vec::new();
        for case in cases {
            // Those without any call are refused, which is tested elsewhere.
            let possible = !case.chosen().is_empty();
            let index = injected.len();
            match sts.try_inject(case.fault(CODES[index], index)) {
                Ok(guard) => {
                    prop_assert!(possible, "{case:?}");
                    guards.push(guard);
                    injected.push(case);
                }
                Err(_) => prop_assert!(!possible, "{case:?}"),
            }
        }

        let mut found = Vec::new();
        for (operation, by_alice) in &calls {
            let who = if *by_alice { ALICE } else { BOB };
            let request = call(operation, &[]).signed(&sts, &keys(who)).map(Body::new);
            let shift = date(&answer(&sts, request)) - now;
            let entry = sts.journal().calls().pop().unwrap();
            found.push((entry.code(), shift));
        }

        let wanted = model(&injected, &calls);
        prop_assert_eq!(&found, &wanted);
        let hits = guards.iter().map(FaultGuard::hits).sum::<u64>();
        let marks = sts.journal().calls().iter().map(|call| call.faults.len()).sum::<usize>();
        prop_assert_eq!(usize::try_from(hits).unwrap(), marks);
    }
}
