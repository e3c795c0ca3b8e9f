//! A call of any operation, well signed whatever its parameters. Input: the form body.

#![no_main]

#[path = "../alice.rs"]
mod alice;

use std::cell::OnceCell;

use fake_sts::world::World;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

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
    let fake = alice::fake().world(world).without_socket().unwrap();
    let request = alice::request()
        .header("accept", accept)
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
