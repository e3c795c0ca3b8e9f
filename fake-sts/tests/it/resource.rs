//! The protected resource: who may do what with credentials of this fake, and why.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use fake_sts::FakeSts;
use fake_sts::journal::Filter;
use fake_sts::world::Role;
use http::Method;
use serde_json::{Value, json};

use crate::client::{ALICE, Answer, BOB, Call, ask, call, control, get, keys, send};

const ROLE: &str = "arn:aws:iam::111122223333:role/storage";
const ARN: &str = "arn:aws:sts::111122223333:assumed-role/storage/run";

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Storage", "Effect": "Allow", "Action": actions, "Resource": resource}]})
}

async fn start() -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]});
    let role = Role::new("storage")
        .trust_policy(trust)
        .policy("storage", allow(&["s3:*", "sts:*", "dynamodb:GetItem"], "*"));
    let sts = FakeSts::builder().add_role(role).start().await.unwrap();
    sts.clock().freeze();
    sts.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)).unwrap();
    sts
}

async fn assume(sts: &FakeSts, parameters: &[(&str, &str)]) -> Credentials {
    let parameters = [&[("RoleArn", ROLE), ("RoleSessionName", "run")], parameters].concat();
    ask(sts, &keys(ALICE), call("AssumeRole", &parameters)).await.credentials()
}

fn s3(method: Method, path: &str) -> Call {
    let call = get("", &[]).service("s3").target(&format!("/_fake-sts/resource/s3{path}"));
    Call { method, ..call }
}

fn put(path: &str, body: &str) -> Call {
    Call { body: body.to_owned(), ..s3(Method::PUT, path) }
}

fn service(name: &str, query: &str) -> Call {
    get("", &[]).service(name).target(&format!("/_fake-sts/resource/{name}/?{query}"))
}

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.find("Code").unwrap_or_default())
}

#[tokio::test]
async fn objects_are_put_read_listed_copied_and_deleted() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    let key = "/logs/a%20b/%E1%88%B4%2B1";

    let stored = ask(&sts, &role, put(key, "hello").header("content-type", "text/x")).await;
    let read = ask(&sts, &role, s3(Method::GET, key)).await;
    let part = ask(&sts, &role, s3(Method::GET, key).header("range", "bytes=1-3")).await;
    let head = ask(&sts, &role, s3(Method::HEAD, key)).await;
    let list = s3(Method::GET, "/logs?list-type=2&prefix=a%20b/&encoding-type=url");
    let list = ask(&sts, &role, list).await;

    assert_eq!((stored.status, stored.body.as_str()), (200, ""));
    assert_eq!((read.status, read.body.as_str()), (200, "hello"));
    assert_eq!(read.header("content-type"), "text/x");
    assert_eq!(read.header("etag"), stored.header("etag"));
    assert_eq!(read.header("last-modified"), "Wed, 18 Nov 2026 11:06:40 GMT");
    assert_eq!((part.status, part.body.as_str()), (206, "ell"));
    assert_eq!(part.header("content-range"), "bytes 1-3/5");
    assert_eq!((head.status, head.header("content-length")), (200, "5"));
    assert_eq!(list.text("Key"), "a%20b/%E1%88%B4%2B1");
    assert_eq!(list.text("Size"), "5");

    let copy = put("/logs/copy", "").header("x-amz-copy-source", &key[1..]);
    assert_eq!(ask(&sts, &role, copy).await.text("ETag").len(), 34 + 2 * "&quot;".len() - 2);
    let delete = "<Delete><Object><Key>a b/\u{1234}+1</Key></Object></Delete>";
    let delete =
        Call { method: Method::POST, body: delete.to_owned(), ..s3(Method::POST, "/logs?delete") };
    let deleted = ask(&sts, &role, delete).await;
    assert_eq!(deleted.text("Key"), "a b/\u{1234}+1");
    let gone = ask(&sts, &role, s3(Method::GET, key)).await;
    assert_eq!(code(&gone), (404, "NoSuchKey"));
    assert_eq!(ask(&sts, &role, s3(Method::GET, "/logs/copy")).await.body, "hello");
    assert_eq!(ask(&sts, &role, s3(Method::DELETE, "/logs/copy")).await.status, 204);
    assert_eq!(ask(&sts, &role, s3(Method::DELETE, "/logs")).await.status, 204);
}

#[tokio::test]
async fn the_answer_says_who_may_do_what_by_which_statement() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;

    let stored = ask(&sts, &role, put("/logs/a", "1")).await;
    let bob = ask(&sts, &keys(BOB), s3(Method::GET, "/logs/a")).await;

    assert_eq!(stored.header("x-fake-sts-caller"), ARN);
    assert_eq!(stored.header("x-fake-sts-action"), "s3:PutObject");
    assert_eq!(stored.header("x-fake-sts-resource"), "arn:aws:s3:::logs/a");
    let decision = stored.header("x-fake-sts-decision");
    assert!(decision.contains(r#"statement "Storage" (Allow) of policy "storage""#), "{decision}");
    assert_eq!(code(&bob), (403, "AccessDenied"));
    assert_eq!(
        bob.text("Message"),
        "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::logs/a \
         because no identity-based policy allows the s3:GetObject action"
    );
}

#[tokio::test]
async fn session_policies_and_scope_downs_bind() {
    let sts = start().await;
    let only = allow(&["s3:*", "sts:*"], "arn:aws:s3:::logs/mine/*").to_string();
    let limited = assume(&sts, &[("Policy", &only)]).await;
    let whole = assume(&sts, &[]).await;
    let read = allow(&["s3:GetObject"], "*").to_string();
    let scoped = ask(&sts, &whole, call("GetScopedCredentials", &[("Policy", &read)])).await;
    let scoped = scoped.credentials();

    assert_eq!(ask(&sts, &limited, put("/logs/mine/a", "1")).await.status, 200);
    let denied = ask(&sts, &limited, put("/logs/theirs", "1")).await;
    assert_eq!(code(&denied), (403, "AccessDenied"));
    assert!(
        denied
            .text("Message")
            .ends_with("because no session policy allows the s3:PutObject action")
    );
    assert_eq!(ask(&sts, &scoped, s3(Method::GET, "/logs/mine/a")).await.body, "1");
    let denied = ask(&sts, &scoped, put("/logs/mine/a", "2")).await;
    assert_eq!(code(&denied), (403, "AccessDenied"));
    assert_eq!(denied.header("x-fake-sts-caller"), ARN);
    let decision = denied.header("x-fake-sts-decision");
    assert!(decision.starts_with("denied: scope-down policy 1 does not allow it"), "{decision}");
    // Nobody learns which keys are missing without permission to list.
    let missing = ask(&sts, &scoped, s3(Method::GET, "/logs/missing")).await;
    assert_eq!(code(&missing), (403, "AccessDenied"));
    let delete = "<Delete><Object><Key>mine/a</Key></Object></Delete>";
    let delete = Call { body: delete.to_owned(), ..s3(Method::POST, "/logs?delete") };
    assert_eq!(ask(&sts, &scoped, delete).await.text("Code"), "AccessDenied");
    assert_eq!(ask(&sts, &whole, s3(Method::GET, "/logs/mine/a")).await.body, "1");
}

#[tokio::test]
async fn credentials_end_here_as_everywhere() {
    let sts = start().await;
    let role = assume(&sts, &[("DurationSeconds", "900")]).await;
    assert_eq!(ask(&sts, &role, put("/logs/a", "1")).await.status, 200);

    let forged = Credentials::new(
        role.access_key_id(),
        "another",
        role.session_token().map(str::to_owned),
        None,
        "test",
    );
    let torn = Credentials::new(
        role.access_key_id(),
        role.secret_access_key(),
        Some("torn".to_owned()),
        None,
        "test",
    );
    let unknown = keys(("AKIARTX3GSDSQNOBODY2", "x"));
    let read = || s3(Method::GET, "/logs/a");
    for (credentials, status, wanted) in [
        (&forged, 403, "SignatureDoesNotMatch"),
        (&torn, 400, "InvalidToken"),
        (&unknown, 403, "InvalidAccessKeyId"),
    ] {
        assert_eq!(code(&ask(&sts, credentials, read()).await), (status, wanted));
    }
    let unsigned = send(&sts, read().unsigned(&sts)).await;
    assert_eq!((unsigned.status, unsigned.text("Message")), (403, "Access Denied"));
    let for_sts = ask(&sts, &role, read().service("sts")).await;
    assert_eq!(code(&for_sts), (400, "AuthorizationHeaderMalformed"));
    sts.clock().advance(Duration::from_secs(900));
    let late = ask(&sts, &role, read()).await;
    assert_eq!(code(&late), (400, "ExpiredToken"));
    assert_eq!(late.text("Message"), "The provided token has expired.");
    // A response to HEAD says it by its status alone.
    let head = ask(&sts, &role, s3(Method::HEAD, "/logs/a")).await;
    assert_eq!((head.status, head.body.as_str()), (400, ""));
}

#[tokio::test]
async fn signatures_of_another_time_are_told_from_wrong_ones() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    let old = sts.clock().now() - Duration::from_secs(3600);

    let location = aws_sigv4::http_request::SignatureLocation::Headers;
    let answer = s3(Method::GET, "/logs/a").signed_at(&sts, &role, old, location);
    let answer = send(&sts, answer).await;

    assert_eq!(code(&answer), (403, "RequestTimeTooSkewed"));
    assert_eq!(answer.header("date"), "Wed, 18 Nov 2026 11:06:40 GMT");
}

#[tokio::test]
async fn a_presigned_url_lives_as_long_as_it_says_and_covers_no_body() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    let signed = s3(Method::PUT, "/logs/a").presigned(&sts, &role);
    let (parts, _) = signed.into_parts();
    let request =
        || http::Request::from_parts(parts.clone(), http_body_util::Full::from("any body"));

    sts.clock().advance(Duration::from_secs(899));
    assert_eq!(send(&sts, request()).await.status, 200);
    sts.clock().advance(Duration::from_secs(1));
    let late = send(&sts, request()).await;

    assert_eq!((late.status, late.text("Message")), (403, "Request has expired"));
}

#[tokio::test]
async fn every_other_service_answers_with_the_decision() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    let table = "arn:aws:dynamodb:us-east-1:111122223333:table/t";

    let read = service("dynamodb", &format!("action=GetItem&resource={table}"));
    let allowed = ask(&sts, &role, read).await;
    let target = service("dynamodb", "").header("x-amz-target", "DynamoDB_20120810.PutItem");
    let denied = ask(&sts, &role, target).await;
    let lambda = ask(&sts, &role, service("lambda", "action=lambda:Invoke")).await;
    let unknown = ask(&sts, &role, service("lambda", "")).await;

    let decision = serde_json::from_str::<Value>(&allowed.body).unwrap();
    assert_eq!(allowed.status, 200);
    assert_eq!(decision["caller"], ARN);
    assert_eq!(decision["action"], "dynamodb:GetItem");
    assert_eq!(decision["resource"], table);
    assert_eq!(decision["statements"][0]["sid"], "Storage");
    assert_eq!(decision["statements"][0]["policy"], "storage");
    let error = serde_json::from_str::<Value>(&denied.body).unwrap();
    assert_eq!((denied.status, &error["__type"]), (400, &json!("AccessDeniedException")));
    assert_eq!(error["decision"]["action"], "dynamodb:PutItem");
    assert_eq!(error["decision"]["allowed"], false);
    assert_eq!((lambda.status, lambda.header("x-amzn-errortype")), (403, "AccessDeniedException"));
    assert_eq!((unknown.status, unknown.header("x-amzn-errortype")), (400, "ValidationException"));
}

#[tokio::test]
async fn the_journal_has_each_request_by_its_action() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    ask(&sts, &role, put("/logs/a", "1")).await;
    ask(&sts, &keys(BOB), s3(Method::GET, "/logs/a")).await;

    let put = sts.journal().calls_where(Filter::new().operation("s3:PutObject")).unwrap();
    let got = sts.journal().calls_where(Filter::new().operation("s3:GetObject").refused()).unwrap();

    assert_eq!(put.len(), 1);
    assert_eq!(put[0].caller.as_deref(), Some(ARN));
    assert_eq!(put[0].subject.as_deref(), Some("arn:aws:s3:::logs/a"));
    assert_eq!(got[0].code(), Some("AccessDenied"));
    assert!(got[0].explanation().contains("s3:GetObject: denied"), "{}", got[0].explanation());
}

#[tokio::test]
async fn a_host_can_name_the_bucket() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    let at = |method, path: &str| {
        let call = get("", &[]).service("s3").target(path).host("logs.s3.localhost");
        Call { method, ..call }
    };

    let stored = ask(&sts, &role, Call { body: "1".to_owned(), ..at(Method::PUT, "/a") }).await;

    assert_eq!(stored.status, 200);
    assert_eq!(ask(&sts, &role, s3(Method::GET, "/logs/a")).await.body, "1");
    assert_eq!(ask(&sts, &role, at(Method::GET, "/?list-type=2")).await.text("Key"), "a");
}

#[tokio::test]
async fn bodies_in_chunks_are_put_together() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    let body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";

    let chunked = put("/logs/a", body)
        .header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        .header("content-encoding", "gzip,aws-chunked");
    let stored = ask(&sts, &role, chunked).await;

    assert_eq!(stored.status, 200, "{}", stored.body);
    let read = ask(&sts, &role, s3(Method::GET, "/logs/a")).await;
    assert_eq!((read.body.as_str(), read.header("content-encoding")), ("hello", "gzip"));
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;

    for (method, path) in [
        (Method::POST, "/logs/a?uploads"),
        (Method::GET, "/logs?versioning"),
        (Method::GET, "/logs/a?acl"),
        (Method::PATCH, "/logs/a"),
    ] {
        let answer = ask(&sts, &role, s3(method, path)).await;
        assert_eq!(code(&answer), (501, "NotImplemented"), "{path}");
    }
    for path in ["/Logs", "/lo", "/a_b/c"] {
        let answer = ask(&sts, &role, s3(Method::GET, path)).await;
        assert_eq!(code(&answer), (400, "InvalidBucketName"), "{path}");
    }
}

#[tokio::test]
async fn a_reset_of_the_world_takes_the_objects_away() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;
    ask(&sts, &role, put("/logs/a", "1")).await;

    let reset = control(Method::POST, "reset", r#"{"only": ["world"]}"#).unsigned(&sts);
    assert_eq!(send(&sts, reset).await.status, 204);

    let list = ask(&sts, &role, s3(Method::GET, "/logs?list-type=2")).await;
    assert_eq!((list.status, list.text("KeyCount")), (200, "0"));
}

#[tokio::test]
async fn two_writers_who_want_no_object_there_do_not_both_win() {
    let sts = start().await;
    let role = assume(&sts, &[]).await;

    let first = ask(&sts, &role, put("/logs/a", "1").header("if-none-match", "*")).await;
    let second = ask(&sts, &role, put("/logs/a", "2").header("if-none-match", "*")).await;
    let wrong = ask(&sts, &role, put("/logs/a", "2").header("if-match", "\"x\"")).await;
    let right =
        ask(&sts, &role, put("/logs/a", "3").header("if-match", first.header("etag"))).await;

    assert_eq!([first.status, second.status, wrong.status, right.status], [200, 412, 412, 200]);
    assert_eq!(ask(&sts, &role, s3(Method::GET, "/logs/a")).await.body, "3");
}
