//! Credentials that end before their time.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use fake_sts::FakeSts;
use http::Method;

use super::{read, side};
use crate::client::{ALICE, Answer, ask, call, keys};

const PLAIN: &str = "arn:aws:iam::111122223333:role/plain";

async fn assume(sts: &FakeSts, with: &Credentials, role: &str) -> Answer {
    ask(sts, with, call("AssumeRole", &[("RoleArn", role), ("RoleSessionName", "run")])).await
}

/// What the role may do, and only in a session that was not revoked.
async fn go_on(sts: &FakeSts, session: &Credentials) -> Answer {
    assume(sts, session, "arn:aws:iam::111122223333:role/next").await
}

async fn revoked_and_renewed(sts: &FakeSts) {
    let old = assume(sts, &keys(ALICE), PLAIN).await.credentials();
    assert_eq!(go_on(sts, &old).await.status, 200);

    sts.revoke_role_sessions(PLAIN).unwrap();
    let refused = go_on(sts, &old).await;
    let new = assume(sts, &keys(ALICE), PLAIN).await.credentials();

    assert_eq!((refused.status, refused.text("Code")), (403, "AccessDenied"));
    let call = sts.journal().calls().into_iter().find(|call| call.status == 403).unwrap();
    assert!(call.explanation().contains("AWSRevokeOlderSessions"), "{}", call.explanation());
    // No policy can take this away.
    assert_eq!(ask(sts, &old, crate::client::call("GetCallerIdentity", &[])).await.status, 200);
    assert_eq!(go_on(sts, &new).await.status, 200, "{}", go_on(sts, &new).await.body);
    sts.clock().advance(Duration::from_secs(60));
    assert_eq!(go_on(sts, &new).await.status, 200);
    let later = assume(sts, &keys(ALICE), PLAIN).await.credentials();
    assert_eq!(go_on(sts, &later).await.status, 200);
    assert_eq!(go_on(sts, &old).await.status, 403);
}

#[tokio::test]
async fn revoked_sessions_of_a_role_are_denied_and_new_ones_are_not() {
    revoked_and_renewed(&FakeSts::start().await).await;
}

#[tokio::test]
async fn even_where_time_stands_still() {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800);
    let sts = FakeSts::builder().clock_frozen_at(noon).start().await.unwrap();

    revoked_and_renewed(&sts).await;
    revoked_and_renewed(&sts).await;
}

#[tokio::test]
async fn a_deleted_key_is_not_known_any_more() {
    let sts = FakeSts::start().await;

    let body = format!(r#"{{"access_key": "{}"}}"#, ALICE.0);
    assert_eq!(side(&sts, Method::POST, "revoke", &body).await.status, 204);

    let answer = ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    assert_eq!(
        answer.error(),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
    assert_eq!(side(&sts, Method::POST, "revoke", &body).await.status, 404);
}

#[tokio::test]
async fn one_session_ends_and_the_others_go_on() {
    let sts = FakeSts::start().await;
    let one = assume(&sts, &keys(ALICE), PLAIN).await.credentials();
    let other = assume(&sts, &keys(ALICE), PLAIN).await.credentials();

    sts.revoke_access_key(one.access_key_id()).unwrap();

    let ended = ask(&sts, &one, call("GetCallerIdentity", &[])).await;
    assert_eq!((ended.status, ended.text("Code")), (403, "InvalidClientTokenId"));
    assert!(sts.journal().calls()[2].explanation().contains("the session was revoked"));
    assert_eq!(ask(&sts, &other, call("GetCallerIdentity", &[])).await.status, 200);
    sts.reset_only(&[fake_sts::reset::Scope::World]);
    assert_eq!(ask(&sts, &one, call("GetCallerIdentity", &[])).await.status, 200);
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_revoked() {
    let sts = FakeSts::start().await;
    for (body, status, wanted) in [
        (r#"{"role": "plain"}"#, 404, "there is no role plain; give the ARN"),
        (r#"{"access_key": "AKIA0000000000000000"}"#, 404, "there is no access key AKIA0"),
        (r#"{"access_key": "ASIA7777777777777777"}"#, 404, "there is no access key ASIA7"),
        (r#"{"role": "a", "access_key": "b"}"#, 400, "send one of the two"),
        ("{}", 400, "send one of the two"),
        (r#"{"user": "bob"}"#, 400, "unknown field `user`, expected `role` or `access_key`"),
    ] {
        let answer = side(&sts, Method::POST, "revoke", body).await;
        let error = read(&answer)["error"].as_str().unwrap().to_owned();
        assert_eq!((answer.status, error.contains(wanted)), (status, true), "{body}: {error}");
    }
}
