//! The verifier alone, against AWS's own signer.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use fake_sts::auth::{Incoming, Rules, UnsignedPayload};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

const KEY: &str = "AKIARTX3GSDSQALICE22";
const SECRET: &str = "fake-sts/secret/of/alice/not/for/real/00";

/// A request as it is on the wire.
#[derive(Clone, Debug)]
struct Wire {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What to sign, and how.
#[derive(Clone, Debug)]
struct Plan {
    wire: Wire,
    region: String,
    token: Option<String>,
    seconds: u64,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Header,
    HeaderTokenLater,
    Query,
    QueryTokenLater,
}

fn time(plan: &Plan) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(plan.seconds)
}

fn signed(plan: &Plan) -> Wire {
    let identity = Credentials::new(KEY, SECRET, plan.token.clone(), None, "test").into();
    let mut settings = SigningSettings::default();
    if matches!(plan.place, Place::Query | Place::QueryTokenLater) {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(900));
    }
    if matches!(plan.place, Place::HeaderTokenLater | Place::QueryTokenLater) {
        settings.session_token_mode = SessionTokenMode::Exclude;
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&plan.region)
        .name("sts")
        .time(time(plan))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let Wire { method, path, query, headers, body } = plan.wire.clone();
    let question_mark = if query.is_empty() { "" } else { "?" };
    let uri = format!("http://localhost:8080{path}{question_mark}{query}");
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new(&method, &uri, pairs, SignableBody::Bytes(&body)).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut request = Request::builder().uri(&uri).body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);
    let mut headers = headers;
    for (name, value) in request.headers() {
        headers.push((name.to_string(), value.to_str().unwrap().to_owned()));
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    Wire { method, path, query, headers, body }
}

/// Whether the verifier takes a request for what was signed: the same key, the same token, a signature that matches.
fn accepted(wire: &Wire, plan: &Plan) -> bool {
    let mut headers = HeaderMap::new();
    for (name, value) in &wire.headers {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        else {
            return false;
        };
        headers.append(name, value);
    }
    let Wire { method, path, query, body, .. } = wire;
    let incoming = Incoming { method, path, query, headers: &headers, body };
    let now = Timestamp::try_from(time(plan)).unwrap();
    let Ok(presented) = Rules::sts().read(&incoming, now) else { return false };
    presented.access_key_id() == KEY
        && presented.token() == plan.token.as_deref()
        && presented.verify(SECRET).is_ok()
}

/// The next letter or digit, so that the text is another one however it is decoded.
fn next(byte: u8) -> u8 {
    match byte {
        b'z' => b'a',
        b'Z' => b'A',
        b'9' => b'0',
        other => other + 1,
    }
}

/// The texts of a request that its signature covers, but for the names of headers.
fn texts(wire: &mut Wire) -> Vec<&mut String> {
    let headers =
        wire.headers.iter_mut().filter(|(name, _)| name != "user-agent").map(|(_, value)| value);
    [&mut wire.method, &mut wire.path, &mut wire.query].into_iter().chain(headers).collect()
}

/// Changes one letter or digit somewhere.
fn alter(wire: &mut Wire, place: Index) {
    let body_places = wire.body.len();
    let mut texts = texts(wire);
    let places = texts.iter().enumerate().flat_map(|(text, content)| {
        let letters = content.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric());
        letters.map(move |(at, _)| (text, at)).collect::<Vec<_>>()
    });
    let places = places.collect::<Vec<_>>();
    let chosen = place.index(places.len() + body_places);
    match places.get(chosen) {
        Some(&(text, at)) => {
            let byte = next(texts[text].as_bytes()[at]);
            texts[text].replace_range(at..=at, std::str::from_utf8(&[byte]).unwrap());
        }
        None => wire.body[chosen - places.len()] ^= 1,
    }
}

/// Paths in which dots stand for themselves, so that each is another one.
const STEADY_PATH: &str = "(/[a-zA-Z0-9_~-]{0,6}|/%[0-9A-F]{2}){1,4}";

const ANY_PATH: &str = r"(/[a-zA-Z0-9._~-]{0,6}|/%[0-9A-F]{2}|/\.\.|/\.){1,4}";

fn wires(path: &'static str) -> impl Strategy<Value = Wire> {
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "HEAD"]);
    // Escapes of ASCII only: the signer cannot sign others, it replaces them.
    let pair = "[a-zA-Z0-9._~-]{1,5}(=([a-zA-Z0-9._~+/:@-]|%[2-7][0-9A-F]){0,8})?";
    let query = vec(pair, 0..5).prop_map(|pairs| pairs.join("&"));
    let header = ("x-[a-z]{1,8}", "[!-~]([ -~]{0,20}[!-~])?");
    let headers = vec(header, 0..4);
    let body = vec(any::<u8>(), 0..200);
    (method, path, query, headers, body).prop_map(|(method, path, query, headers, body)| {
        let mut all = vec![("host".to_owned(), "localhost:8080".to_owned())];
        all.extend(headers);
        all.push(("user-agent".to_owned(), "unsigned".to_owned()));
        Wire { method: method.to_owned(), path, query, headers: all, body }
    })
}

fn plans(path: &'static str) -> impl Strategy<Value = Plan> {
    let places = vec![Place::Header, Place::HeaderTokenLater, Place::Query, Place::QueryTokenLater];
    let place = prop::sample::select(places);
    let token = option::of("[A-Za-z0-9+/]{20,60}={0,2}");
    (wires(path), "[a-z]{2}-[a-z]{4,9}-[1-9]", token, 0_u64..4_000_000_000, place).prop_map(
        |(wire, region, token, seconds, place)| Plan { wire, region, token, seconds, place },
    )
}

#[test]
fn a_body_may_be_left_out_of_a_signature_where_that_is_allowed() {
    let identity = Credentials::new(KEY, SECRET, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sts")
        .time(SystemTime::UNIX_EPOCH)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let host = [("host", "localhost")].into_iter();
    let signable =
        SignableRequest::new("POST", "http://localhost/", host, SignableBody::UnsignedPayload)
            .unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut request = Request::builder().header("host", "localhost").body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);
    let verified = |unsigned_payload| {
        let headers = request.headers();
        let incoming =
            Incoming { method: "POST", path: "/", query: "", headers, body: b"anything" };
        let rules = Rules { unsigned_payload, ..Rules::sts() };
        rules.read(&incoming, Timestamp::UNIX_EPOCH).unwrap().verify(SECRET).is_ok()
    };

    assert!(verified(UnsignedPayload::Accept));
    assert!(!verified(UnsignedPayload::Refuse));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_the_signer_of_aws_signs_is_accepted(plan in plans(ANY_PATH)) {
        prop_assert!(accepted(&signed(&plan), &plan));
    }

    #[test]
    fn whatever_letter_changes_the_request_is_refused(plan in plans(STEADY_PATH), place: Index) {
        let mut wire = signed(&plan);

        alter(&mut wire, place);

        prop_assert!(!accepted(&wire, &plan), "{wire:?}");
    }

    #[test]
    fn no_header_and_no_query_breaks_the_reader(
        authorization: Option<String>,
        date: Option<String>,
        query in "[ -~]{0,80}",
        signed_headers in "[a-z;:]{0,20}",
    ) {
        let mut headers = HeaderMap::new();
        let full = format!("AWS4-HMAC-SHA256 Credential=a/19700101/c/sts/aws4_request,SignedHeaders={signed_headers},Signature=x");
        for (name, value) in [("authorization", authorization.or(Some(full))), ("x-amz-date", date)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
        let incoming = Incoming { method: "POST", path: "/", query: &query, headers: &headers, body: b"" };

        if let Ok(presented) = Rules::sts().read(&incoming, Timestamp::UNIX_EPOCH) {
            prop_assert!(presented.verify(SECRET).is_err());
        }
    }
}
