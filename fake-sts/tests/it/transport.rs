use fake_sts::FakeSts;
use http::{HeaderValue, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{ALICE, Answer, Call, ask, call, get, keys, send};

async fn unsigned(call: Call) -> Answer {
    let sts = FakeSts::start().await;
    send(&sts, call.unsigned(&sts)).await
}

fn method(method: Method, call: Call) -> Call {
    Call { method, ..call }
}

#[track_caller]
fn check_redirect(answer: &Answer, location: &str) {
    assert_eq!(
        (answer.status, answer.header("location"), answer.body.as_str()),
        (302, location, "")
    );
    assert!(!answer.header("x-amzn-requestid").is_empty());
    assert!(!answer.header("x-amz-sts-extended-request-id").is_empty());
}

#[track_caller]
fn check_empty(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.body.as_str()), (status, ""));
    assert!(answer.header("x-amzn-requestid").is_empty());
}

#[tokio::test]
async fn without_an_action_the_way_leads_to_a_web_page() {
    let plain = |target| get("", &[]).target(target);

    check_redirect(&unsigned(plain("/")).await, "https://aws.amazon.com/iam");
    check_redirect(
        &unsigned(plain("/?Version=2011-06-15")).await,
        "https://aws.amazon.com/iam?Version=2011-06-15",
    );
    let post = Call { body: "Version=2011-06-15".to_owned(), ..call("", &[]) };
    check_redirect(&unsigned(post).await, "https://aws.amazon.com/iam");
    let untyped = Call { headers: Vec::new(), ..call("GetCallerIdentity", &[]) };
    check_redirect(&unsigned(untyped).await, "https://aws.amazon.com/iam");
}

async fn check_dispatch(target: &str, wanted: &str) {
    let answer = unsigned(get("", &[]).target(target)).await;
    assert_eq!(answer.error(), format!("400 InvalidAction: {wanted}"), "{target}");
    assert!(
        answer.body.contains("xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\""),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn unknown_actions_and_versions_are_told() {
    check_dispatch(
        "/?Action=&Version=2011-06-15",
        "Could not find operation  for version 2011-06-15",
    )
    .await;
    check_dispatch(
        "/?Action=NoSuchAction&Version=2011-06-15",
        "Could not find operation NoSuchAction for version 2011-06-15",
    )
    .await;
    check_dispatch(
        "/?Action=GetCallerIdentity",
        "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
    )
    .await;
    check_dispatch(
        "/?Action=AssumeRole&Version=",
        "Could not find operation AssumeRole for version ",
    )
    .await;
    check_dispatch(
        "/?Action=AssumeRole&Version=2000-01-01",
        "Could not find operation AssumeRole for version 2000-01-01",
    )
    .await;
    check_dispatch(
        "/?Action=No&Action=GetCallerIdentity&Version=2011-06-15",
        "Could not find operation No for version 2011-06-15",
    )
    .await;
}

#[tokio::test]
async fn other_paths_have_no_operations() {
    let other = unsigned(get("", &[]).target("/other")).await;
    let head = unsigned(method(Method::HEAD, get("", &[]).target("/other"))).await;
    let query =
        unsigned(get("", &[]).target("/other?Action=GetCallerIdentity&Version=2011-06-15")).await;
    let form = unsigned(call("GetCallerIdentity", &[]).target("/other")).await;

    assert_eq!((other.status, other.body.as_str()), (404, "<UnknownOperationException/>\n"));
    assert_eq!((head.status, head.body.as_str()), (404, ""));
    for answer in [query, form] {
        assert_eq!((answer.status, answer.text("Code")), (403, "SignatureDoesNotMatch"));
    }
}

#[tokio::test]
async fn broken_escapes_are_refused() {
    check_empty(&unsigned(get("", &[]).target("/%zz")).await, 400);
    check_empty(&unsigned(get("", &[]).target("/%4")).await, 400);

    let query = unsigned(get("", &[]).target("/?Action=%zz")).await;
    assert_eq!(
        query.error(),
        "404 MalformedQueryString: Illegal hex character in escape % pattern: %zz"
    );
    let query = unsigned(get("", &[]).target("/?Action=%4")).await;
    assert_eq!(query.error(), "404 MalformedQueryString: Incomplete trailing escape % sequence");
}

#[tokio::test]
async fn without_an_action_nobody_looks_at_escapes() {
    let root = unsigned(get("", &[]).target("/?x=%4")).await;
    let elsewhere = unsigned(get("", &[]).target("/other?x=%4")).await;
    let action_elsewhere = unsigned(get("", &[]).target("/other?Action=x&y=%4")).await;

    check_redirect(&root, "https://aws.amazon.com/iam?x=%4");
    assert_eq!(elsewhere.status, 404);
    assert_eq!(action_elsewhere.text("Code"), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn bodies_end_at_ten_million_bytes_and_heads_at_sixteen_thousand() {
    let sts = FakeSts::start().await;
    let of_size = |size: usize| {
        let head = "Action=GetCallerIdentity&Version=2011-06-15&x=";
        Call { body: format!("{head}{}", "x".repeat(size - head.len())), ..call("", &[]) }
    };

    assert_eq!(ask(&sts, &keys(ALICE), of_size(10_000_000)).await.status, 200);
    check_empty(&ask(&sts, &keys(ALICE), of_size(10_000_001)).await, 413);
    check_empty(
        &unsigned(get("", &[]).target(&format!("/?Action={}", "x".repeat(17_000)))).await,
        400,
    );
    assert_eq!(
        unsigned(get("", &[]).target(&format!("/?Action={}", "x".repeat(15_000)))).await.status,
        400
    );
}

#[tokio::test]
async fn browsers_may_ask_from_anywhere() {
    let preflight = method(Method::OPTIONS, get("", &[]).target("/"))
        .header("origin", "https://example.com")
        .header("access-control-request-method", "POST");

    let answer = unsigned(preflight).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(answer.header("access-control-max-age"), "172800");
}

#[tokio::test]
async fn get_and_post_are_the_same_and_unknown_parameters_nothing() {
    let sts = FakeSts::start().await;

    let by_get = ask(&sts, &keys(ALICE), get("GetCallerIdentity", &[("Color", "blue")])).await;
    let plain = Call {
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        ..call("GetCallerIdentity", &[])
    };
    let by_post = ask(&sts, &keys(ALICE), plain).await;

    assert_eq!((by_get.status, by_post.status), (200, 200));
    assert_eq!(by_get.text("Arn"), by_post.text("Arn"));
}

#[tokio::test]
async fn json_is_asked_for_by_its_media_type_in_any_case() {
    let sts = FakeSts::start().await;
    let answered = async |accept| {
        let call = call("GetCallerIdentity", &[]).header("accept", accept);
        ask(&sts, &keys(ALICE), call).await.header("content-type").to_owned()
    };

    assert_eq!(answered("Application/JSON; q=0.9, text/xml").await, "application/json");
    assert_eq!(answered("*/*").await, "text/xml");
}

#[tokio::test]
async fn errors_of_the_front_end_come_in_json_too() {
    let code = async |target| {
        let call = get("", &[]).target(target).header("accept", "application/json");
        let answer = serde_json::from_str::<serde_json::Value>(&unsigned(call).await.body).unwrap();
        answer["Error"]["Code"].as_str().unwrap().to_owned()
    };

    assert_eq!(code("/?Action=%4").await, "MalformedQueryString");
    assert_eq!(code("/other?Action=GetCallerIdentity").await, "SignatureDoesNotMatch");
    assert_eq!(code("/?Action=Nothing").await, "InvalidAction");
}

#[tokio::test]
async fn the_extended_request_id_tells_region_and_time() {
    let sts = FakeSts::start().await;

    let answer = ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[]).region("eu-west-1")).await;

    let id = data_encoding::BASE64
        .decode(answer.header("x-amz-sts-extended-request-id").as_bytes())
        .unwrap();
    let id = String::from_utf8(id).unwrap();
    let parts = id.split(':').collect::<Vec<_>>();
    assert_eq!(
        (&parts[..3], parts[4], parts[5].len()),
        (&["1", "eu-west-1", "S"][..], "R", 8),
        "{id}"
    );
}

#[tokio::test]
async fn a_signed_body_must_not_change_on_the_way() {
    let sts = FakeSts::start().await;
    let mut request = call("GetCallerIdentity", &[]).signed(&sts, &keys(ALICE));
    *request.body_mut() = call("GetSessionToken", &[]).body.into();
    request.headers_mut().insert("x-unsigned", HeaderValue::from_static("is nobody's business"));

    assert_eq!(send(&sts, request).await.text("Code"), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn nonsense_on_one_connection_does_not_disturb_another() {
    let sts = FakeSts::start().await;
    for nonsense in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
        stream.write_all(nonsense.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&rest));
    }

    assert_eq!(ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await.status, 200);
}

#[tokio::test]
async fn a_head_beyond_all_measure_is_answered_before_the_connection_ends() {
    let sts = FakeSts::start().await;
    for size in [70_000, 200_000] {
        let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
        let head = format!("GET /?x={} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(size));
        let _ = stream.write_all(head.as_bytes()).await;
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&rest));
    }
}

#[tokio::test]
async fn a_body_announced_as_too_long_is_refused_without_it() {
    let sts = FakeSts::start().await;
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000001\r\n\r\n")
        .await
        .unwrap();

    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();

    assert_eq!(&start, b"HTTP/1.1 413");
}

#[tokio::test]
async fn slow_clients_do_not_hold_up_others() {
    let sts = FakeSts::start().await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
        stream
            .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nA")
            .await
            .unwrap();
        slow.push(stream);
    }

    assert_eq!(ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await.status, 200);
}

#[tokio::test]
async fn dropping_a_fake_closes_its_connections_and_frees_its_port() {
    let sts = FakeSts::start().await;
    let address = sts.address().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();

    drop(sts);

    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(FakeSts::builder().port(address.port()).start().await.is_ok());
}

/// A client whose other services were pointed here gets the answer of STS, and people learn what to do.
#[tokio::test]
async fn calls_of_other_services_are_explained_to_people() {
    let sts = FakeSts::start().await;
    for (service, request, status, advice) in [
        (
            "s3",
            get("", &[]).target("/bucket/key"),
            404,
            "set AWS_ENDPOINT_URL_STS to the fake instead of AWS_ENDPOINT_URL",
        ),
        (
            "dynamodb",
            Call { headers: Vec::new(), body: "{}".to_owned(), ..call("", &[]) },
            302,
            "set AWS_ENDPOINT_URL_STS",
        ),
        ("iam", call("CreateRole", &[("RoleName", "x")]), 400, "PATCH /_fake-sts/state"),
    ] {
        for presigned in [false, true] {
            let request = request.clone().service(service);
            let request = if presigned {
                request.presigned(&sts, &keys(ALICE))
            } else {
                request.signed(&sts, &keys(ALICE))
            };

            let answer = send(&sts, request).await;

            assert_eq!(answer.status, status, "{service}");
            let header = answer.header("x-fake-sts-advice");
            let beginning =
                format!("the request is signed for {service}, and this fake is STS alone; ");
            assert!(header.starts_with(&beginning) && header.contains(advice), "{header}");
            assert!(sts.journal().last().explanation().contains(header));
        }
    }

    let own = ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    let nonsense = get("", &[]).header("authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/S 3/e");
    let nonsense = send(&sts, nonsense.unsigned(&sts)).await;
    let unsigned = send(&sts, call("GetCallerIdentity", &[]).unsigned(&sts)).await;
    for answer in [own, nonsense, unsigned] {
        assert_eq!(answer.header("x-fake-sts-advice"), "");
    }
}
