//! Endpoints that give credentials to programs: containers, pods, instances.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use fake_sts::endpoints::{Endpoint, EndpointFault};
use fake_sts::journal::Filter;
use fake_sts::oidc::TokenBuilder;
use fake_sts::{FakeSts, StartError};
use http::Method;
use serde_json::Value;

use crate::client::{Answer, Call, ask, call, get, send};

const CONTAINER: &str = Endpoint::CONTAINER_PATH;
const POD: &str = Endpoint::POD_IDENTITY_PATH;
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN: &str = "x-aws-ec2-metadata-token";

async fn serving(endpoint: Endpoint) -> FakeSts {
    FakeSts::builder()
        .clock_frozen_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000))
        .serve(endpoint)
        .start()
        .await
        .unwrap()
}

fn plain(path: &str) -> Call {
    get("", &[]).target(path)
}

async fn read(sts: &FakeSts, call: Call) -> Answer {
    send(sts, call.unsigned(sts)).await
}

fn document(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

fn keys_in(document: &Value) -> Credentials {
    let text = |name: &str| document[name].as_str().unwrap().to_owned();
    Credentials::new(
        text("AccessKeyId"),
        text("SecretAccessKey"),
        Some(text("Token")),
        None,
        "test",
    )
}

async fn arn_of(sts: &FakeSts, document: &Value) -> String {
    ask(sts, &keys_in(document), call("GetCallerIdentity", &[])).await.text("Arn").to_owned()
}

#[tokio::test]
async fn a_container_gets_a_session_of_its_role() {
    let sts = serving(Endpoint::container("plain")).await;

    let answer = read(&sts, plain(CONTAINER)).await;

    let given = document(&answer);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(given["Expiration"], "2026-11-18T17:06:40Z");
    assert_eq!(given["RoleArn"], "arn:aws:iam::111122223333:role/plain");
    assert_eq!(given["AccountId"], "111122223333");
    let arn = arn_of(&sts, &given).await;
    assert_eq!(arn, "arn:aws:sts::111122223333:assumed-role/plain/fake-sts-task");
}

#[tokio::test]
async fn the_session_stays_until_shortly_before_its_end() {
    let sts = serving(Endpoint::container("plain").lifetime(Duration::from_secs(900))).await;
    let mut seen = Vec::new();

    for seconds in [0, 599, 1, 0, 600] {
        sts.clock().advance(Duration::from_secs(seconds));
        seen.push(document(&read(&sts, plain(CONTAINER)).await));
    }

    let id = |at: usize| seen[at]["AccessKeyId"].clone();
    assert_eq!(id(0), id(1));
    assert_ne!(id(1), id(2), "a new one five minutes before the end");
    assert_eq!(id(2), id(3));
    assert_ne!(id(3), id(4));
    // The old one is good to its end.
    sts.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_899)).unwrap();
    assert!(arn_of(&sts, &seen[0]).await.contains("plain"));
    sts.clock().advance(Duration::from_secs(1));
    let late = ask(&sts, &keys_in(&seen[0]), call("GetCallerIdentity", &[])).await;
    assert_eq!(late.text("Code"), "ExpiredToken");
}

#[tokio::test]
async fn a_container_with_a_token_must_show_it() {
    let sts = serving(Endpoint::container("plain").token("open sesame")).await;

    let right = read(&sts, plain(CONTAINER).header("authorization", "open sesame")).await;
    let wrong = read(&sts, plain(CONTAINER).header("authorization", "open barley")).await;
    let none = read(&sts, plain(CONTAINER)).await;
    let put = read(&sts, Call { method: Method::PUT, ..plain(CONTAINER) }).await;

    assert_eq!([right.status, wrong.status, none.status, put.status], [200, 401, 401, 405]);
    let error = document(&wrong);
    assert_eq!(error["code"], "AccessDeniedException");
    assert_eq!(error["Message"], error["message"]);
}

fn projected(sts: &FakeSts) -> TokenBuilder {
    sts.issuer().projected_token("jobs", "report").audience(Endpoint::POD_IDENTITY_AUDIENCE)
}

#[tokio::test]
async fn a_pod_shows_the_token_of_its_service_account() {
    let sts = serving(Endpoint::pod_identity("plain")).await;
    let ask = async |token: TokenBuilder| {
        read(&sts, plain(POD).header("authorization", &token.mint())).await
    };

    let right = ask(projected(&sts)).await;
    let audience = ask(projected(&sts).audience("sts.amazonaws.com")).await;
    let subject = ask(projected(&sts).subject("repo:me/mine")).await;
    let none = read(&sts, plain(POD)).await;
    let token = projected(&sts).mint();
    sts.clock().advance(Duration::from_secs(86_401));
    let late = read(&sts, plain(POD).header("authorization", &token)).await;

    assert_eq!(right.status, 200);
    assert!(arn_of(&sts, &document(&ask(projected(&sts)).await)).await.contains("/plain/"));
    for refused in [audience, subject, none, late] {
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert_eq!(document(&refused)["code"], "InvalidTokenException");
    }
}

async fn session_token(sts: &FakeSts, ttl: &str) -> Answer {
    let call = plain("/latest/api/token").header(TTL, ttl);
    read(sts, Call { method: Method::PUT, ..call }).await
}

#[tokio::test]
async fn an_instance_gets_a_token_then_its_role_then_credentials() {
    let sts = serving(Endpoint::instance_metadata("plain")).await;

    let token = session_token(&sts, "60").await;
    let with = |path: &str| plain(path).header(TOKEN, &token.body);

    assert_eq!((token.status, token.header(TTL)), (200, "60"));
    assert_eq!(read(&sts, with(ROLES)).await.body, "plain");
    assert_eq!(read(&sts, with(ROLES.trim_end_matches('/'))).await.body, "plain");
    let given = document(&read(&sts, with(&format!("{ROLES}plain"))).await);
    assert_eq!((&given["Code"], &given["Type"]), (&"Success".into(), &"AWS-HMAC".into()));
    assert!(arn_of(&sts, &given).await.ends_with("/plain/i-0fa4e57500000001"));
    assert_eq!(read(&sts, with("/latest/meta-data/instance-id")).await.body, "i-0fa4e57500000001");
    assert_eq!(read(&sts, with("/latest/meta-data/placement/region")).await.body, "us-east-1");
    assert_eq!(read(&sts, with(&format!("{ROLES}other"))).await.status, 404);
    assert_eq!(read(&sts, with("/latest/user-data")).await.status, 404);
    sts.clock().advance(Duration::from_secs(60));
    assert_eq!(read(&sts, with(ROLES)).await.status, 401, "the token is over");
}

#[tokio::test]
async fn the_metadata_service_refuses_what_ec2_refuses() {
    let sts = serving(Endpoint::instance_metadata("plain")).await;

    for ttl in ["0", "21601", "a", "-1", ""] {
        assert_eq!(session_token(&sts, ttl).await.status, 400, "{ttl:?}");
    }
    assert_eq!(session_token(&sts, "21600").await.status, 200);
    assert_eq!(read(&sts, plain("/latest/api/token")).await.status, 405);
    let forwarded =
        plain("/latest/api/token").header(TTL, "60").header("x-forwarded-for", "1.2.3.4");
    let forwarded = read(&sts, Call { method: Method::PUT, ..forwarded }).await;
    assert_eq!(forwarded.status, 403);
    assert_eq!(read(&sts, plain(ROLES)).await.status, 401, "no version 1");
    assert_eq!(read(&sts, plain(ROLES).header(TOKEN, "another")).await.status, 401);
}

#[tokio::test]
async fn version_1_is_there_if_asked_for() {
    let sts = serving(Endpoint::instance_metadata("plain").with_version_1()).await;

    assert_eq!(read(&sts, plain(ROLES)).await.body, "plain");
    assert_eq!(read(&sts, plain(ROLES).header(TOKEN, "another")).await.status, 401);
}

#[tokio::test]
async fn without_being_asked_for_none_is_there() {
    let sts = FakeSts::start().await;

    for path in [CONTAINER, POD, ROLES, "/latest/api/token"] {
        let answer = read(&sts, plain(path)).await;
        assert_eq!(answer.status, 404);
        assert!(answer.body.contains("UnknownOperationException"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_role_that_is_not_there_is_refused_at_the_start() {
    let started = FakeSts::builder().serve(Endpoint::container("plein")).start().await;

    let error = started.unwrap_err();
    assert!(matches!(&error, StartError::Serve { role, .. } if role == "plein"), "{error}");
}

#[tokio::test]
async fn faults_spoil_the_next_responses_and_the_journal_has_each_request() {
    let sts = serving(Endpoint::container("plain")).await;
    sts.inject_at_endpoints(EndpointFault::Status(503), 2);
    sts.inject_at_endpoints(EndpointFault::EmptyKeys, 1);
    sts.inject_at_endpoints(EndpointFault::Truncated, 1);
    sts.inject_at_endpoints(EndpointFault::Page, 1);
    sts.inject_at_endpoints(EndpointFault::NoExpiration, 1);
    let mut answers = Vec::new();

    for _ in 0..7 {
        answers.push(read(&sts, plain(CONTAINER)).await);
    }

    let statuses = answers.iter().map(|answer| answer.status).collect::<Vec<_>>();
    assert_eq!(statuses, [503, 503, 200, 200, 200, 200, 200]);
    assert_eq!(document(&answers[2])["AccessKeyId"], "");
    assert!(serde_json::from_str::<Value>(&answers[3].body).is_err());
    assert!(answers[4].body.starts_with("<!DOCTYPE html>"));
    assert!(document(&answers[5]).get("Expiration").is_none());
    assert!(document(&answers[6]).get("Expiration").is_some());
    let journal = sts.journal();
    let calls = journal.calls_where(Filter::new().operation("container:GetCredentials")).unwrap();
    assert_eq!(calls.len(), 7);
    assert_eq!(calls[0].code(), Some("InternalServerException"));
}

#[tokio::test]
async fn a_token_in_a_file_is_replaced_before_it_ends() {
    let sts = serving(Endpoint::pod_identity("plain")).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let hour = Duration::from_secs(3600);
    let kept = sts.issuer().keep_token_file(projected(&sts), hour, &path).unwrap();
    let token = || std::fs::read_to_string(&path).unwrap();
    let first = token();

    sts.clock().advance(Duration::from_secs(2879));
    assert_eq!((token(), kept.count()), (first.clone(), 1));
    sts.clock().advance(Duration::from_secs(1));
    assert_ne!(token(), first, "at 80 percent of its life");
    for _ in 0..3 {
        sts.clock().advance(hour);
        let answer = read(&sts, plain(POD).header("authorization", &token())).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    // A clock that was set back has a token of the future.
    sts.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)).unwrap();
    assert_eq!(read(&sts, plain(POD).header("authorization", &token())).await.status, 200);
    assert_eq!(kept.count(), 6);

    drop(kept);
    let last = token();
    sts.clock().advance(hour);
    assert_eq!(token(), last);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[tokio::test]
async fn a_role_is_assumed_with_whatever_token_the_file_has() {
    let sts = serving(Endpoint::container("plain")).await;
    let folder = tempfile::tempdir().unwrap();
    let issuer = sts.issuer();
    let (hour, path) = (Duration::from_secs(3600), folder.path().join("token"));
    let _kept =
        issuer.keep_token_file(issuer.projected_token("jobs", "report"), hour, &path).unwrap();

    for _ in 0..3 {
        let token = std::fs::read_to_string(&path).unwrap();
        let parameters = [
            ("RoleArn", "arn:aws:iam::111122223333:role/web"),
            ("RoleSessionName", "run"),
            ("WebIdentityToken", &token),
        ];
        let answer = read(&sts, call("AssumeRoleWithWebIdentity", &parameters)).await;
        assert_eq!(answer.text("SubjectFromWebIdentityToken"), "system:serviceaccount:jobs:report");
        sts.clock().advance(hour);
    }
}
