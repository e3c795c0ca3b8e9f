//! A call of any operation, well signed whatever its parameters. Input: the form body.

#![no_main]

use std::{
    cell::OnceCell,
    time::{Duration, SystemTime},
};

use fake_sts::{FakeSts, world::World};
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// 2026-01-01T00:00:00Z, the time of the signature.
const NOW: Duration = Duration::from_secs(1_767_225_600);

/// Alice's, over a request that leaves its body unsigned.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIARTX3GSDSQALICE22/20260101/us-east-1/sts/aws4_request, \
    SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=a034032082122d83b89c275d5ca49626d9c1ea30ffdbc57eedd4a720369dc7de";

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    static WORLD: OnceCell<World> = const { OnceCell::new() };
}

fuzz_target!(|form: &[u8]| {
    for accept in ["text/xml", "application/json"] {
        let (status, body) = answer(form, accept);
        assert!((200..500).contains(&status), "{status} {body}");
        assert!(!body.contains("SignatureDoesNotMatch"), "{body}");
        if body.starts_with('<') {
            let read = roxmltree::Document::parse(&body).map(|_| ());
            assert_eq!(read, Ok(()), "no client can read {body:?}");
        } else if !body.is_empty() {
            serde_json::from_str::<serde_json::Value>(&body).expect("a client reads it");
        }
    }
});

fn answer(form: &[u8], accept: &str) -> (u16, String) {
    let world = WORLD.with(|world| {
        let read = || toml::from_str(include_str!("../corpus/world/every-kind.toml")).unwrap();
        world.get_or_init(read).clone()
    });
    // A new one for each call: MFA codes that are spent and calls that are journalled must not make a finding depend on those before it.
    let fake = FakeSts::builder()
        .world(world)
        .session_key([7; 32])
        .clock_frozen_at(SystemTime::UNIX_EPOCH + NOW)
        .without_socket()
        .unwrap();
    let request = Request::post("/")
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", accept)
        .header("x-amz-date", "20260101T000000Z")
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .header("authorization", AUTHORIZATION)
        .body(Full::new(Bytes::copy_from_slice(form)))
        .unwrap();
    let answered = async {
        let (parts, body) = fake.router().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
    };
    let answer = RUNTIME.with(|runtime| {
        let start = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.get_or_init(start).block_on(answered)
    });
    for call in fake.journal().calls() {
        drop(call.explanation().to_string());
    }
    answer
}
