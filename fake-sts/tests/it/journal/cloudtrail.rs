//! The journal as CloudTrail would log it.

use axum::body::Body;
use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use fake_sts::journal::{CallOutcome, Secrets};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{external, frozen};
use crate::client::{ALICE, ALICE_MFA, BOB, ask, call, keys, send};

fn records(sts: &FakeSts) -> Vec<Value> {
    sts.journal().cloudtrail()["Records"].as_array().unwrap().clone()
}

fn plain(parameters: &[(&str, &str)]) -> crate::client::Call {
    let role = [("RoleArn", "arn:aws:iam::111122223333:role/plain"), ("RoleSessionName", "run")];
    call("AssumeRole", &[&role, parameters].concat()).header("user-agent", "test/1")
}

#[tokio::test]
async fn an_assumed_role_is_logged_as_cloudtrail_does() {
    let sts = frozen().await;
    let tags = [
        ("DurationSeconds", "900"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
        ("TransitiveTagKeys.member.1", "team"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ];
    let answer = ask(&sts, &keys(ALICE), plain(&tags)).await;

    let mut record = records(&sts).remove(0);

    let event_id = record.as_object_mut().unwrap().remove("eventID").unwrap();
    assert_eq!(event_id.as_str().unwrap().len(), 36);
    let world = sts.world();
    assert_eq!(
        record,
        json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "IAMUser",
                "principalId": world.accounts[0].users[0].id,
                "arn": "arn:aws:iam::111122223333:user/alice",
                "accountId": "111122223333",
                "accessKeyId": ALICE.0,
                "userName": "alice",
            },
            "eventTime": "2026-07-13T10:00:00Z",
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "127.0.0.1",
            "userAgent": "test/1",
            "requestParameters": {
                "roleArn": "arn:aws:iam::111122223333:role/plain",
                "roleSessionName": "run",
                "durationSeconds": 900,
                "tags": [{"key": "team", "value": "blue"}],
                "transitiveTagKeys": ["team"],
                "policyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
            },
            "responseElements": {
                "assumedRoleUser": {
                    "assumedRoleId": answer.text("AssumedRoleId"),
                    "arn": "arn:aws:sts::111122223333:assumed-role/plain/run",
                },
                "credentials": {
                    "accessKeyId": answer.text("AccessKeyId"),
                    "expiration": "Jul 13, 2026 10:15:00 AM",
                },
                "packedPolicySize": answer.text("PackedPolicySize").parse::<i64>().unwrap(),
                "sessionTokenUtilization": answer.text("SessionTokenUtilization").parse::<i64>().unwrap(),
                "sessionTokenSize": answer.text("SessionTokenSize").parse::<i64>().unwrap(),
            },
            "additionalEventData": {
                "ExtendedRequestId": answer.header("x-amz-sts-extended-request-id"),
                "RequestDetails": {"awsServingRegion": "us-east-1", "endpointType": "regional"},
            },
            "requestID": answer.header("x-amzn-requestid"),
            "readOnly": true,
            "resources": [{
                "ARN": "arn:aws:iam::111122223333:role/plain",
                "accountId": "111122223333",
                "type": "AWS::IAM::Role",
            }],
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "eventCategory": "Management",
            "recipientAccountId": "111122223333",
        })
    );
}

#[tokio::test]
async fn a_session_is_logged_with_its_context() {
    let sts = frozen().await;
    let tags = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
        ("TransitiveTagKeys.member.1", "team"),
        ("SourceIdentity", "alice"),
    ];
    let session = ask(&sts, &keys(ALICE), plain(&tags)).await.credentials();
    ask(&sts, &session, external("wrong")).await;
    ask(&sts, &session, call("GetCallerIdentity", &[])).await;

    let records = records(&sts);

    let role = sts.world().accounts[0].roles[0].clone();
    let identity = &records[1]["userIdentity"];
    assert_eq!(identity["type"], "AssumedRole");
    assert_eq!(identity["principalId"], format!("{}:run", role.id.clone().unwrap()));
    assert_eq!(
        identity["sessionContext"],
        json!({
            "sessionIssuer": {
                "type": "Role",
                "principalId": role.id,
                "arn": "arn:aws:iam::111122223333:role/plain",
                "accountId": "111122223333",
                "userName": "plain",
            },
            "attributes": {"creationDate": "2026-07-13T10:00:00Z", "mfaAuthenticated": "false"},
            "sourceIdentity": "alice",
        })
    );
    // Recorded in September 2026: denied calls are logged without their parameters.
    assert_eq!(records[1]["requestParameters"], Value::Null);
    assert_eq!(records[1]["errorCode"], "AccessDenied");
    assert_eq!(records[1]["responseElements"], Value::Null);
    assert_eq!(records[2]["requestParameters"], Value::Null);
    assert_eq!(records[2]["responseElements"], Value::Null);
}

#[tokio::test]
async fn a_role_of_another_account_is_logged_in_both() {
    let sts = frozen().await;
    let role = "arn:aws:iam::444455556666:role/partner";
    let partner = [("RoleArn", role), ("RoleSessionName", "run")];
    let answer = ask(&sts, &keys(ALICE), call("AssumeRole", &partner)).await;

    let records = records(&sts);

    assert_eq!((answer.status, records.len()), (200, 2));
    let alice = sts.world().accounts[0].users[0].id.clone();
    assert_eq!(records[0]["recipientAccountId"], "111122223333");
    assert_eq!(records[1]["recipientAccountId"], "444455556666");
    assert_eq!(
        records[1]["userIdentity"],
        json!({"type": "AWSAccount", "principalId": alice, "accountId": "111122223333"})
    );
    assert_eq!(records[0]["sharedEventID"], records[1]["sharedEventID"]);
    assert_ne!(records[0]["eventID"], records[1]["eventID"]);
}

#[tokio::test]
async fn the_bearer_of_a_token_is_logged_by_provider_audience_and_subject() {
    let sts = frozen().await;
    let token = sts.issuer().token().subject("somebody").principal_tag("team", "blue");
    let token = token.transitive_tag_key("team").source_identity("octocat").mint();
    let web = [
        ("RoleArn", "arn:aws:iam::111122223333:role/web"),
        ("RoleSessionName", "run"),
        ("WebIdentityToken", token.as_str()),
    ];
    send(&sts, call("AssumeRoleWithWebIdentity", &web).unsigned(&sts)).await;

    let record = records(&sts).remove(0);

    let provider = "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test";
    assert_eq!(
        record["userIdentity"],
        json!({
            "type": "WebIdentityUser",
            "principalId": format!("{provider}:sts.amazonaws.com:somebody"),
            "userName": "somebody",
            "identityProvider": provider,
        })
    );
    assert_eq!(record["recipientAccountId"], "111122223333");
    assert_eq!(
        record["requestParameters"],
        json!({
            "roleArn": "arn:aws:iam::111122223333:role/web",
            "roleSessionName": "run",
            "sourceIdentity": "octocat",
            "principalTags": {"team": "blue"},
            "transitiveTagKeys": ["team"],
        })
    );
}

#[tokio::test]
async fn a_call_without_a_socket_comes_from_this_machine() {
    let sts = FakeSts::builder().without_socket().unwrap();
    let request = plain(&[]).signed(&sts, &keys(ALICE)).map(Body::new);

    sts.router().oneshot(request).await.unwrap();

    assert_eq!(records(&sts)[0]["sourceIPAddress"], "127.0.0.1");
}

#[tokio::test]
async fn calls_that_nobody_is_behind_are_not_logged() {
    let sts = frozen().await;
    ask(&sts, &keys((BOB.0, "wrong")), external("x")).await;
    ask(&sts, &keys(ALICE), call("NoSuchAction", &[])).await;

    assert_eq!(sts.journal().cloudtrail(), json!({"Records": []}));
}

#[tokio::test]
async fn a_call_that_was_carried_out_is_logged_though_its_answer_was_lost() {
    for lost in [Fault::page(503), Fault::reset()] {
        let sts = FakeSts::builder().without_socket().unwrap();
        let ask = |call: crate::client::Call| {
            sts.router().oneshot(call.signed(&sts, &keys(ALICE)).map(Body::new))
        };
        let before = sts.inject(lost.clone());
        ask(plain(&[])).await.unwrap();
        drop(before);
        let _after = sts.inject(lost.after_operation());
        ask(plain(&[])).await.unwrap();
        ask(external("wrong")).await.unwrap();

        let (records, calls) = (records(&sts), sts.journal().calls());

        assert_eq!((calls.len(), records.len()), (3, 2));
        for call in &calls {
            assert_eq!((&call.outcome, &call.answer), (&CallOutcome::Faulted, &None));
        }
        assert_eq!(records[0]["requestID"], calls[1].request_id);
        let issued = &records[0]["responseElements"];
        assert!(issued["credentials"]["accessKeyId"].as_str().unwrap().starts_with("ASIA"));
        assert_eq!(issued["credentials"]["sessionToken"], Value::Null);
        assert_eq!(records[0].get("errorCode"), None);
        assert_eq!(records[1]["errorCode"], "AccessDenied");
        assert_eq!(records[1]["responseElements"], Value::Null);
    }
}

#[tokio::test]
async fn secrets_are_left_out_even_where_the_journal_shows_them() {
    let sts = FakeSts::builder().journal_secrets(Secrets::Shown).start().await.unwrap();
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let mfa = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];
    let session = ask(&sts, &keys(ALICE), call("GetSessionToken", &mfa)).await.credentials();

    let padded = format!("{code}7");
    let malformed = [mfa[0], ("TokenCode", padded.as_str())];
    ask(&sts, &keys(ALICE), call("GetSessionToken", &malformed)).await;
    let _lost = sts.inject(Fault::page(503).after_operation());
    ask(&sts, &keys(ALICE), call("GetSessionToken", &malformed)).await;

    let logged = sts.journal().cloudtrail().to_string();

    assert!(logged.contains(session.access_key_id()));
    assert_eq!(logged.matches("** redacted **").count(), 2, "{logged}");
    for secret in [
        padded.as_str(),
        session.secret_access_key(),
        session.session_token().unwrap(),
        "\"tokenCode\":",
    ] {
        assert!(!logged.contains(secret), "{logged}");
    }
}
