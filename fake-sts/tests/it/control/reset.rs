//! Back to the start.

use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::clock::Motion;
use fake_sts::fault::Fault;
use fake_sts::reset::Scope;
use http::Method;
use serde_json::json;

use super::side;
use crate::client::{ALICE, ALICE_MFA, ask, call, keys};

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800)
}

/// A fake in which everything was changed.
async fn lived_in() -> FakeSts {
    let sts = FakeSts::builder().clock_frozen_at(noon()).start().await.unwrap();
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let mfa = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];
    assert_eq!(ask(&sts, &keys(ALICE), call("GetSessionToken", &mfa)).await.status, 200);
    sts.patch_world(&json!({"accounts": {"111122223333": {"users": {"bob": null}}}})).unwrap();
    sts.inject(Fault::error("Throttling")).keep();
    sts.clock().run();
    sts.clock().advance(Duration::from_secs(7200));
    sts
}

/// Which of it was taken back, in the order of [`Scope::ALL`].
async fn restored(sts: &FakeSts) -> [bool; 5] {
    let world = sts.world().accounts[0].users.len() == 2;
    let clock = sts.clock().motion() == Motion::Frozen && sts.clock().now() == noon();
    let faults = sts.faults().list().is_empty();
    let journal = sts.journal().total() == 0;
    sts.faults().clear();
    sts.clock().freeze();
    sts.clock().set(noon()).unwrap();
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let mfa = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];
    let codes = ask(sts, &keys(ALICE), call("GetSessionToken", &mfa)).await.status == 200;
    [world, clock, faults, journal, codes]
}

#[tokio::test]
async fn a_reset_takes_everything_back() {
    let sts = lived_in().await;
    assert_eq!(side(&sts, Method::POST, "reset", "").await.status, 204);
    assert_eq!(restored(&sts).await, [true; 5]);

    let sts = lived_in().await;
    sts.reset();
    assert_eq!(restored(&sts).await, [true; 5]);
}

#[tokio::test]
async fn a_reset_of_one_thing_leaves_the_others() {
    for (at, scope) in Scope::ALL.into_iter().enumerate() {
        let sts = lived_in().await;
        sts.reset_only(&[scope]);
        let mut wanted = [false; 5];
        wanted[at] = true;
        assert_eq!(restored(&sts).await, wanted, "{scope:?}");
    }
    let sts = lived_in().await;
    let answer = side(&sts, Method::POST, "reset", r#"{"only": ["clock", "spent-codes"]}"#).await;
    assert_eq!(answer.status, 204);
    assert_eq!(restored(&sts).await, [false, true, false, false, true]);
}

#[tokio::test]
async fn an_unknown_scope_resets_nothing() {
    let sts = lived_in().await;

    let answer = side(&sts, Method::POST, "reset", r#"{"only": ["clock", "time"]}"#).await;

    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("only[1]: unknown variant `time`"), "{}", answer.body);
    assert_eq!(restored(&sts).await, [false; 5]);
}
