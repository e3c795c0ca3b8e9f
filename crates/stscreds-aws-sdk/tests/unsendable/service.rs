//! What stands at an endpoint that is not STS.

use axum::Router;
use axum::body::Body;
use axum::http::{Response, Uri};
use tokio::net::TcpListener;

/// Starts it, and yields its URL.
pub(crate) async fn start() -> String {
    let router = Router::new().fallback(respond);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

async fn respond(uri: Uri) -> Response<Body> {
    // As a proxy it is asked for a host, and not for a path.
    let asked = match uri.path().trim_matches('/') {
        "" => uri.host().unwrap_or_default(),
        path => path,
    };
    let (status, body) = match asked {
        "refused.invalid" => (403, "planted"),
        "password.invalid" => (407, "planted"),
        "redirect" => (302, "planted"),
        "html" => (200, "<html>planted</html>"),
        "json" => (403, r#"{"message":"planted"}"#),
        "cut" => (200, "<AssumeRoleResponse><SecretAccessKey>planted</Secr"),
        "outage" => (503, "planted"),
        "throttle" => (429, "planted"),
        "silent" => std::future::pending().await,
        unknown => panic!("no response for {unknown}"),
    };
    let response =
        Response::builder().status(status).header("location", "http://127.0.0.1:1/?planted");
    response.body(Body::from(body)).unwrap()
}
