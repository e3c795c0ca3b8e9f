use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::world::{Account, Role, User, World};
use serde_json::json;

use crate::client::{ALICE, ALICE_ARN, ALICE_MFA, Answer, BOB, ask, call, keys};

const PLAIN: &str = "arn:aws:iam::111122223333:role/plain";
const EXTERNAL: &str = "arn:aws:iam::111122223333:role/external";
const MFA: &str = "arn:aws:iam::111122223333:role/mfa";
const NEXT: &str = "arn:aws:iam::111122223333:role/next";
const PARTNER: &str = "arn:aws:iam::444455556666:role/partner";

async fn frozen() -> FakeSts {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800);
    FakeSts::builder().clock_frozen_at(noon).start().await.unwrap()
}

async fn assume(sts: &FakeSts, role: &str, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "run")];
    parameters.extend(more);
    ask(sts, &keys(ALICE), call("AssumeRole", &parameters)).await
}

fn denied(caller: &str, role: &str) -> String {
    format!(
        "403 AccessDenied: User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
    )
}

#[tokio::test]
async fn the_answer_is_laid_out_as_that_of_the_service() {
    let sts = frozen().await;

    let answer = assume(&sts, PLAIN, &[]).await;

    let [key, secret, token, id, request_id] =
        ["AccessKeyId", "SecretAccessKey", "SessionToken", "AssumedRoleId", "RequestId"]
            .map(|name| answer.text(name));
    assert_eq!(
        answer.body,
        format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <AssumeRoleResult>\n    \
             <AssumedRoleUser>\n      <AssumedRoleId>{id}</AssumedRoleId>\n      \
             <Arn>arn:aws:sts::111122223333:assumed-role/plain/run</Arn>\n    </AssumedRoleUser>\n    <Credentials>\n      \
             <AccessKeyId>{key}</AccessKeyId>\n      <SecretAccessKey>{secret}</SecretAccessKey>\n      \
             <SessionToken>{token}</SessionToken>\n      <Expiration>2026-07-13T11:00:00Z</Expiration>\n    </Credentials>\n    <PackedPolicySize>18</PackedPolicySize>\n    \
             <SessionTokenUtilization>18</SessionTokenUtilization>\n    <SessionTokenSize>752</SessionTokenSize>\n  \
             </AssumeRoleResult>\n  <ResponseMetadata>\n    <RequestId>{request_id}</RequestId>\n  </ResponseMetadata>\n\
             </AssumeRoleResponse>\n"
        )
    );
    assert!(key.starts_with("ASIARTX3GSDS") && key.len() == 20, "{key}");
    assert!(id.starts_with("AROARTX3GSDS") && id.ends_with(":run"), "{id}");
    assert_eq!((secret.len(), token.len() >= 100), (40, true));
    assert_eq!(answer.header("content-type"), "text/xml");
    assert_eq!(answer.header("x-amzn-requestid"), request_id);
    assert_eq!(answer.header("date"), "Mon, 13 Jul 2026 10:00:00 GMT");
}

#[tokio::test]
async fn the_credentials_are_those_of_the_role_session() {
    let sts = frozen().await;
    let session = assume(&sts, PLAIN, &[]).await.credentials();

    let answer = ask(&sts, &session, call("GetCallerIdentity", &[])).await;

    assert_eq!(answer.text("Arn"), "arn:aws:sts::111122223333:assumed-role/plain/run");
    assert_eq!(answer.text("Account"), "111122223333");
    assert!(answer.text("UserId").ends_with(":run"));
}

#[tokio::test]
async fn an_external_id_must_be_the_right_one() {
    let sts = frozen().await;

    let right = assume(&sts, EXTERNAL, &[("ExternalId", "fake-sts-external-id")]).await;
    let wrong = assume(&sts, EXTERNAL, &[("ExternalId", "another")]).await;
    let none = assume(&sts, EXTERNAL, &[]).await;

    assert_eq!(right.status, 200);
    assert_eq!(wrong.error(), denied(ALICE_ARN, EXTERNAL));
    assert_eq!(none.error(), denied(ALICE_ARN, EXTERNAL));
}

#[tokio::test]
async fn nothing_tells_a_missing_role_from_one_that_does_not_trust() {
    let sts = frozen().await;
    let missing = "arn:aws:iam::111122223333:role/missing";

    assert_eq!(assume(&sts, missing, &[]).await.error(), denied(ALICE_ARN, missing));
    assert_eq!(assume(&sts, NEXT, &[]).await.error(), denied(ALICE_ARN, NEXT));
}

#[tokio::test]
async fn a_caller_without_a_policy_of_its_own_needs_more_than_a_trusted_account() {
    let sts = frozen().await;
    let parameters = [("RoleArn", PLAIN), ("RoleSessionName", "run")];

    let answer = ask(&sts, &keys(BOB), call("AssumeRole", &parameters)).await;

    assert_eq!(answer.error(), denied("arn:aws:iam::111122223333:user/bob", PLAIN));
}

#[tokio::test]
async fn roles_of_other_accounts_can_be_assumed() {
    let sts = frozen().await;

    let answer = assume(&sts, PARTNER, &[]).await;

    assert_eq!(answer.text("Arn"), "arn:aws:sts::444455556666:assumed-role/partner/run");
}

#[tokio::test]
async fn an_mfa_code_serves_once() {
    let sts = frozen().await;
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let with_code = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];

    let first = assume(&sts, MFA, &with_code).await;
    let second = assume(&sts, MFA, &with_code).await;
    sts.clock().advance(Duration::from_secs(30));
    let next_code = sts.totp_code(ALICE_MFA).unwrap();
    let third = assume(&sts, MFA, &[("SerialNumber", ALICE_MFA), ("TokenCode", &next_code)]).await;

    let invalid =
        "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    assert_eq!((first.status, second.error().as_str(), third.status), (200, invalid, 200));
}

#[tokio::test]
async fn each_mistake_with_mfa_has_its_message() {
    let sts = frozen().await;
    let both = "403 AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    let unable = "403 AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";
    let invalid =
        "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };

    assert_eq!(assume(&sts, MFA, &[]).await.error(), denied(ALICE_ARN, MFA));
    assert_eq!(assume(&sts, MFA, &[("SerialNumber", ALICE_MFA)]).await.error(), both);
    assert_eq!(assume(&sts, MFA, &[("TokenCode", &code)]).await.error(), both);
    assert_eq!(
        assume(&sts, MFA, &[("SerialNumber", ALICE_ARN), ("TokenCode", &code)]).await.error(),
        unable
    );
    assert_eq!(
        assume(&sts, MFA, &[("SerialNumber", ALICE_MFA), ("TokenCode", wrong)]).await.error(),
        invalid
    );
}

#[tokio::test]
async fn a_code_is_used_up_by_a_call_that_fails_later() {
    let sts = frozen().await;
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let with_code = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];

    let refused = assume(&sts, NEXT, &with_code).await;
    let after = assume(&sts, MFA, &with_code).await;

    assert_eq!(refused.error(), denied(ALICE_ARN, NEXT));
    assert_eq!(
        after.error(),
        "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. "
    );
}

#[tokio::test]
async fn of_many_calls_with_one_code_at_once_one_succeeds() {
    let sts = frozen().await;
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let with_code = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];

    let calls = (0..16).map(|_| assume(&sts, MFA, &with_code)).collect::<Vec<_>>();
    let mut succeeded = 0;
    for answer in futures_all(calls).await {
        succeeded += u32::from(answer.status == 200);
    }

    assert_eq!(succeeded, 1);
}

#[tokio::test]
async fn credentials_end_at_their_very_instant() {
    let sts = frozen().await;
    let session = assume(&sts, PLAIN, &[("DurationSeconds", "900")]).await.credentials();

    sts.clock().advance(Duration::from_millis(899_999));
    let before = ask(&sts, &session, call("GetCallerIdentity", &[])).await;
    sts.clock().advance(Duration::from_millis(1));
    let after = ask(&sts, &session, call("GetCallerIdentity", &[])).await;

    assert_eq!(before.status, 200);
    assert_eq!(
        after.error(),
        "403 ExpiredToken: The security token included in the request is expired"
    );
}

#[tokio::test]
async fn a_chain_of_roles_lasts_an_hour_at_most() {
    let sts = frozen().await;
    let session = assume(&sts, PLAIN, &[]).await.credentials();
    let chain = |duration: &'static str| {
        call(
            "AssumeRole",
            &[("RoleArn", NEXT), ("RoleSessionName", "on"), ("DurationSeconds", duration)],
        )
    };

    let hour = ask(&sts, &session, chain("3600")).await;
    let longer = ask(&sts, &session, chain("3601")).await;

    assert_eq!(hour.text("Arn"), "arn:aws:sts::111122223333:assumed-role/next/on");
    assert_eq!(
        longer.error(),
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
}

/// All of them, at the same time.
async fn futures_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures = futures.into_iter().map(Box::pin).map(Some).collect::<Vec<_>>();
    let mut outputs = Vec::new();
    std::future::poll_fn(|context| {
        for slot in &mut futures {
            if let Some(future) = slot
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                outputs.push(output);
                *slot = None;
            }
        }
        if futures.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    outputs
}

#[tokio::test]
async fn a_role_of_another_partition_is_out_of_reach() {
    let anyone = || {
        Role::new("open").trust_policy(json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}))
    };
    let user = User::new("wei").access_key(ALICE.0, ALICE.1).policy(
        "allow-sts",
        json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:*", "Resource": "*"}}),
    );
    let mut china = Account::new("111122223333").user(user).role(anyone());
    china.partition = "aws-cn".to_owned();
    let world = World::empty().account(china).account(Account::new("444455556666").role(anyone()));
    let sts = FakeSts::builder().world(world).start().await.unwrap();

    let own = assume(&sts, "arn:aws-cn:iam::111122223333:role/open", &[]).await;
    let other = assume(&sts, "arn:aws:iam::444455556666:role/open", &[]).await;

    assert_eq!(own.text("Arn"), "arn:aws-cn:sts::111122223333:assumed-role/open/run");
    assert_eq!(
        other.error(),
        denied("arn:aws-cn:iam::111122223333:user/wei", "arn:aws:iam::444455556666:role/open")
    );
}
