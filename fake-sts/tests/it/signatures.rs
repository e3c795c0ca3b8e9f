use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::SignatureLocation;
use fake_sts::FakeSts;
use fake_sts::switches::{AuthorizationEcho, Regions, SignatureWindow, StrayToken, Switches};
use fake_sts::world::{AccessKey, Account, User, World};
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use hyper::body::Bytes;

use crate::client::{ALICE, Call, ask, call, get, keys, send};

const INVALID: &str =
    "403 InvalidClientTokenId: The security token included in the request is invalid.";
const MISMATCH: &str = "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const EXPIRED: &str = "403 ExpiredToken: The security token included in the request is expired";
const DATE: &str = "20260713T100000Z";

async fn frozen() -> FakeSts {
    FakeSts::builder().clock_frozen_at(noon()).start().await.unwrap()
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800)
}

fn whoami() -> Call {
    call("GetCallerIdentity", &[])
}

/// A request whose `Authorization` is what the case says; everything else is good.
async fn with_authorization(sts: &FakeSts, authorization: &str) -> String {
    let request =
        whoami().header("x-amz-date", DATE).header("authorization", authorization).unsigned(sts);
    send(sts, request).await.error()
}

#[tokio::test]
async fn structural_mistakes_have_their_messages() {
    let sts = frozen().await;
    let credential = "Credential=AKID/20260713/us-east-1/sts/aws4_request";
    let cases = [
        ("Basic abc".to_owned(), "400 IncompleteSignature: Unsupported AWS 'algorithm': 'Basic'."),
        (
            "AWS4-HMAC-SHA256 Credential".to_owned(),
            "400 IncompleteSignature: 'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential'.",
        ),
        (
            "AWS4-HMAC-SHA256".to_owned(),
            "400 IncompleteSignature: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
        ),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=x-amz-date, Signature=00"),
            "403 SignatureDoesNotMatch: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKID/20260713/us-east-1/sts, SignedHeaders=host, Signature=00".to_owned(),
            "400 IncompleteSignature: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20260713/us-east-1/sts'",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKID/20260712/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00".to_owned(),
            "403 SignatureDoesNotMatch: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260712' != '20260713', from '20260713T100000Z'.",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKID/20260713/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00".to_owned(),
            "403 SignatureDoesNotMatch: Credential should be scoped to correct service: 'sts'. ",
        ),
        // The last of two counts, and it names no key that exists.
        (format!("AWS4-HMAC-SHA256 Credential=x, {credential}, SignedHeaders=host, Signature=00"), INVALID),
    ];
    for (authorization, wanted) in cases {
        assert_eq!(with_authorization(&sts, &authorization).await, wanted, "{authorization}");
    }
}

#[tokio::test]
async fn a_request_needs_one_signature_and_a_date() {
    let sts = frozen().await;
    let full = "AWS4-HMAC-SHA256 Credential=AKID/20260713/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00";

    let none = send(&sts, whoami().unsigned(&sts)).await;
    let undated = send(&sts, whoami().header("authorization", full).unsigned(&sts)).await;
    let misdated = send(
        &sts,
        whoami().header("authorization", full).header("x-amz-date", "2026-07-13").unsigned(&sts),
    )
    .await;
    let both =
        get("GetCallerIdentity", &[]).header("authorization", full).presigned(&sts, &keys(ALICE));
    let both = send(&sts, both).await;

    assert_eq!(
        none.error(),
        "403 MissingAuthenticationToken: Request is missing Authentication Token"
    );
    assert_eq!(
        undated.error(),
        "400 IncompleteSignature: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256"
    );
    assert_eq!(
        misdated.error(),
        "400 IncompleteSignature: Date must be in ISO-8601 'basic format'. Got '2026-07-13'. See http://en.wikipedia.org/wiki/ISO_8601"
    );
    assert_eq!(both.error(), "403 SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_query_may_be_signed_instead() {
    let sts = frozen().await;
    let target = |query: &str| {
        get("GetCallerIdentity", &[])
            .target(&format!("/?Action=GetCallerIdentity&Version=2011-06-15&{query}"))
    };

    let good = send(&sts, get("GetCallerIdentity", &[]).presigned(&sts, &keys(ALICE))).await;
    let bare = send(&sts, target("X-Amz-Algorithm=AWS4-HMAC-SHA256").unsigned(&sts)).await;
    let other = send(&sts, target("X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256").unsigned(&sts)).await;

    assert_eq!(good.status, 200);
    assert_eq!(
        bare.error(),
        "400 IncompleteSignature: AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."
    );
    assert_eq!(
        other.error(),
        "403 MissingAuthenticationToken: Request is missing Authentication Token"
    );
}

#[tokio::test]
async fn a_presigned_url_lives_for_fifteen_minutes_whatever_it_says() {
    let sts = frozen().await;
    // Signed to expire after 900 seconds at most; STS looks at its own clock alone.
    let url = || {
        get("GetCallerIdentity", &[]).signed_at(
            &sts,
            &keys(ALICE),
            noon(),
            SignatureLocation::QueryParams,
        )
    };

    sts.clock().set(noon() + Duration::from_secs(900)).unwrap();
    let last = send(&sts, url()).await;
    sts.clock().advance(Duration::from_secs(1));
    let late = send(&sts, url()).await;

    assert_eq!(last.status, 200);
    assert_eq!(
        late.error(),
        "403 SignatureDoesNotMatch: Signature expired: 20260713T100000Z is now earlier than 20260713T100001Z (20260713T101501Z - 15 min.)"
    );
}

#[tokio::test]
async fn a_wide_window_takes_signatures_of_a_clock_that_stayed_behind() {
    let mut switches = Switches::default();
    switches.signature_window = SignatureWindow(60);
    let sts = FakeSts::builder().switches(switches).clock_frozen_at(noon()).start().await.unwrap();
    let signed = || whoami().signed_at(&sts, &keys(ALICE), noon(), SignatureLocation::Headers);

    sts.clock().advance(Duration::from_secs(3600));
    let last = send(&sts, signed()).await;
    sts.clock().advance(Duration::from_secs(1));
    let late = send(&sts, signed()).await;

    assert_eq!(last.status, 200);
    assert!(late.error().ends_with("(20260713T110001Z - 60 min.)"), "{}", late.error());
}

#[tokio::test]
async fn an_eks_style_token_fails_without_its_cluster_header() {
    let sts = frozen().await;
    let signed = |cluster: &str| {
        get("GetCallerIdentity", &[])
            .header("x-k8s-aws-id", cluster)
            .header("accept", "application/json")
            .presigned(&sts, &keys(ALICE))
    };
    let altered = |change: fn(&mut Request<Full<Bytes>>)| {
        let mut request = signed("prod");
        change(&mut request);
        request
    };

    let right = send(&sts, signed("prod")).await;
    let wrong = altered(|request| {
        request.headers_mut().insert("x-k8s-aws-id", HeaderValue::from_static("test"));
    });
    let wrong = send(&sts, wrong).await;
    let missing =
        send(&sts, altered(|request| drop(request.headers_mut().remove("x-k8s-aws-id")))).await;

    assert!(
        right.body.starts_with(r#"{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"A"#),
        "{}",
        right.body
    );
    assert_eq!(right.header("content-type"), "application/json");
    for refused in [wrong, missing] {
        assert!(
            refused.body.starts_with(r#"{"Error":{"Code":"SignatureDoesNotMatch","#),
            "{}",
            refused.body
        );
    }
}

#[tokio::test]
async fn a_signature_is_for_one_method() {
    let sts = frozen().await;
    let mut request = get("GetCallerIdentity", &[]).presigned(&sts, &keys(ALICE));
    *request.method_mut() = Method::POST;

    assert_eq!(send(&sts, request).await.error(), MISMATCH);
}

#[tokio::test]
async fn keys_are_checked_before_signatures() {
    let key = AccessKey::new("AKIAINACTIVEINACTIVE", "secret").inactive();
    let world =
        World::standard().account(Account::new("777788889999").user(User::new("carol").key(key)));
    let sts = FakeSts::builder().world(world).clock_frozen_at(noon()).start().await.unwrap();
    let wrong = |id: &str| keys((id, "wrong"));

    assert_eq!(ask(&sts, &wrong("AKIAINACTIVEINACTIVE"), whoami()).await.error(), INVALID);
    assert_eq!(ask(&sts, &wrong("AKIAUNKNOWNUNKNOWNUN"), whoami()).await.error(), INVALID);
    assert_eq!(ask(&sts, &wrong(ALICE.0), whoami()).await.error(), MISMATCH);
    let why = sts.journal().calls()[2].explanation();
    assert!(why.contains("the secret of this access key makes another signature"), "{why}");
}

#[tokio::test]
async fn a_session_token_is_bound_to_its_key() {
    let sts = frozen().await;
    let role = [("RoleArn", "arn:aws:iam::111122223333:role/plain"), ("RoleSessionName", "run")];
    let [one, two] = [
        ask(&sts, &keys(ALICE), call("AssumeRole", &role)).await.credentials(),
        ask(&sts, &keys(ALICE), call("AssumeRole", &role)).await.credentials(),
    ];
    let session = |key: &Credentials, secret: &str, token: Option<&str>| {
        Credentials::new(key.access_key_id(), secret, token.map(str::to_owned), None, "test")
    };
    let swapped = session(&one, one.secret_access_key(), two.session_token());
    let without = session(&one, one.secret_access_key(), None);
    let garbage = session(&one, one.secret_access_key(), Some("garbage"));
    let wrong = session(&one, "wrong", one.session_token());

    assert_eq!(ask(&sts, &one, whoami()).await.status, 200);
    assert_eq!(ask(&sts, &swapped, whoami()).await.error(), INVALID);
    assert_eq!(ask(&sts, &without, whoami()).await.error(), INVALID);
    assert_eq!(ask(&sts, &garbage, whoami()).await.error(), INVALID);
    assert_eq!(ask(&sts, &wrong, whoami()).await.error(), MISMATCH);
    sts.clock().advance(Duration::from_secs(3600));
    assert_eq!(ask(&sts, &wrong, whoami()).await.error(), EXPIRED);
}

#[tokio::test]
async fn a_token_beside_long_term_keys_is_refused_after_the_signature() {
    let strict = frozen().await;
    let mut switches = Switches::default();
    switches.stray_token = StrayToken::Ignore;
    let lenient =
        FakeSts::builder().switches(switches).clock_frozen_at(noon()).start().await.unwrap();
    let stray =
        |secret: &str| Credentials::new(ALICE.0, secret, Some("stray".to_owned()), None, "test");

    assert_eq!(ask(&strict, &stray(ALICE.1), whoami()).await.error(), INVALID);
    assert_eq!(ask(&strict, &stray("wrong"), whoami()).await.error(), MISMATCH);
    assert_eq!(ask(&lenient, &stray(ALICE.1), whoami()).await.status, 200);
}

#[tokio::test]
async fn the_region_of_an_endpoint_is_that_of_its_name() {
    let sts = frozen().await;
    let scoped = "403 SignatureDoesNotMatch: Credential should be scoped to a valid region. ";
    let check = async |host: &'static str, region: &str, wanted: Option<&str>| {
        // Signed for another host, so that only the scope can be at fault first.
        let mut request = whoami().region(region).signed(&sts, &keys(ALICE));
        request.headers_mut().insert("host", HeaderValue::from_static(host));
        let error = send(&sts, request).await.error();
        assert_eq!(error, wanted.unwrap_or(MISMATCH), "{host} {region}");
    };

    check("sts.amazonaws.com", "us-east-1", None).await;
    check("sts.amazonaws.com", "us-west-2", Some(scoped)).await;
    check("sts.eu-west-1.amazonaws.com", "eu-west-1", None).await;
    check("sts.eu-west-1.amazonaws.com", "us-east-1", Some(scoped)).await;
    assert_eq!(ask(&sts, &keys(ALICE), whoami().region("mars-north-1")).await.status, 200);
}

#[tokio::test]
async fn one_region_can_be_demanded_and_comes_before_everything_about_keys() {
    let mut switches = Switches::default();
    switches.regions = Regions::Only("eu-west-1".to_owned());
    let sts = FakeSts::builder().switches(switches).start().await.unwrap();
    let unknown = keys(("AKIAUNKNOWNUNKNOWNUN", "x"));

    let error = ask(&sts, &unknown, whoami().service("iam")).await.error();

    assert_eq!(
        error,
        "403 SignatureDoesNotMatch: Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'. "
    );
}

#[tokio::test]
async fn a_header_may_be_quoted_by_its_hash() {
    let mut switches = Switches::default();
    switches.authorization_echo = AuthorizationEcho::Hashed;
    let sts = FakeSts::builder().switches(switches).clock_frozen_at(noon()).start().await.unwrap();

    assert_eq!(
        with_authorization(&sts, "AWS4-HMAC-SHA256 Credential").await,
        "400 IncompleteSignature: 'Credential' not a valid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'KfSoC26UaBDGXxo5AUFS45c1cmAbyLKDOxOTKcZYWt4='."
    );
}
