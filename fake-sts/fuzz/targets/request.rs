//! Whatever comes over a connection, the side door included: an answer goes out, and it is never our own failure.

#![no_main]

#[path = "../alice.rs"]
#[allow(dead_code, reason = "the seeds bring requests of their own")]
mod alice;

use std::{cell::OnceCell, convert::Infallible};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
}

fuzz_target!(|bytes: &[u8]| {
    let fake = alice::fake().without_socket().unwrap();
    let connection = tokio::io::join(std::io::Cursor::new(bytes.to_vec()), tokio::io::sink());
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let router = fake.router();
        async move {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            assert!((200..500).contains(&status), "{status}");
            Ok::<_, Infallible>(response)
        }
    });
    let served = async {
        // One request, so that no world that it puts in place can send the next one to an issuer on the network.
        let _ = http1::Builder::new()
            .keep_alive(false)
            .serve_connection(TokioIo::new(connection), service)
            .await;
    };
    RUNTIME.with(|runtime| {
        let start = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.get_or_init(start).block_on(served);
    });
    for call in fake.journal().calls() {
        drop(call.explanation().to_string());
    }
});
