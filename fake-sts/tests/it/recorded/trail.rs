//! CloudTrail and the extended request id: recording `service_management_events`.

use data_encoding::BASE64;
use fake_sts::FakeSts;
use fake_sts::world::{Account, Role};
use serde_json::{Value, json};

use super::{ACCOUNT, credentials_of, noon, policy, said, user, user_who_may};
use crate::client::{Call, ask, call};

async fn start() -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]});
    let allow = policy("Allow", &json!("sts:*"), "*");
    let account = Account::new(ACCOUNT)
        .user(user_who_may("user", "sts:*"))
        .user(user("guest"))
        .role(Role::new("role").trust_policy(trust).policy("allow", allow));
    FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap()
}

/// The latest record, and what the caller saw.
async fn record(sts: &FakeSts, caller: &str, call: Call) -> (Value, String, String) {
    let answer = ask(sts, &credentials_of(caller), call).await;
    let records = sts.journal().cloudtrail();
    let record = records["Records"].as_array().unwrap().last().unwrap().clone();
    let extended = answer.header("x-amz-sts-extended-request-id").to_owned();
    (record, said(&answer), extended)
}

fn token() -> Call {
    call(
        "GetWebIdentityToken",
        &[("Audience.member.1", "a"), ("SigningAlgorithm", "RS256"), ("DurationSeconds", "300")],
    )
}

#[tokio::test]
async fn assuming_a_role_reads_and_issuing_tokens_does_not() {
    let sts = start().await;
    let role = [("RoleArn", "arn:aws:iam::111122223333:role/role"), ("RoleSessionName", "run")];
    for (call, read_only) in [
        (call("GetCallerIdentity", &[]), true),
        (call("AssumeRole", &role), true),
        (call("GetSessionToken", &[]), false),
        (call("GetFederationToken", &[("Name", "guest")]), false),
        (token(), false),
    ] {
        let (record, ..) = record(&sts, "user", call).await;
        assert_eq!(record["readOnly"], read_only, "{}", record["eventName"]);
        assert_eq!(record["eventVersion"], "1.11");
        assert!(record["responseElements"]["credentials"]["secretAccessKey"].is_null());
    }
}

#[tokio::test]
async fn records_of_successful_calls_have_the_extended_request_id_of_the_response() {
    let sts = start().await;
    for (host, kind, letter) in
        [("sts.us-east-1.amazonaws.com", "regional", "R"), ("sts.amazonaws.com", "global", "G")]
    {
        let call = call("GetCallerIdentity", &[]).host(host);
        let (record, _, extended) = record(&sts, "user", call).await;

        assert_eq!(
            record["additionalEventData"],
            json!({"ExtendedRequestId": extended,
                "RequestDetails": {"awsServingRegion": "us-east-1", "endpointType": kind}})
        );
        let text = String::from_utf8(BASE64.decode(extended.as_bytes()).unwrap()).unwrap();
        let suffix = text.strip_prefix(&format!("1:us-east-1:S:1789128000000:{letter}:")).unwrap();
        assert!(suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(
            (&record["requestParameters"], &record["responseElements"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[tokio::test]
async fn denied_calls_have_no_parameters_and_those_refused_later_have() {
    let sts = start().await;

    let (denied, message, _) = record(&sts, "guest", token()).await;
    let (disabled, ..) = record(&sts, "user", token()).await;

    assert_eq!(denied["errorCode"], "AccessDenied");
    assert_eq!(format!("403 AccessDenied: {}", denied["errorMessage"].as_str().unwrap()), message);
    assert_eq!(denied["requestParameters"], Value::Null);
    assert_eq!(disabled["errorCode"], "OutboundWebIdentityFederationDisabledException");
    assert_eq!(disabled["errorMessage"], "OutboundWebIdentityFederation is disabled.");
    assert_eq!(
        disabled["requestParameters"],
        json!({"audience": ["a"], "durationSeconds": 300, "signingAlgorithm": "RS256"})
    );
    assert!(denied.get("additionalEventData").is_none());
    assert!(disabled.get("additionalEventData").is_none());
}
