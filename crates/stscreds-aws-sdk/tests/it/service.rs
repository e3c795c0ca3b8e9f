//! A service of AWS as far as expired sessions go: it looks at nothing of a request but
//! the access key that signed it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use stscreds_core::Clock;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Clone, Copy)]
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: &'static str,
}

pub struct Service {
    uri: String,
    signers: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Service {
    /// Answers each request by the key that signed it, with the date that this clock
    /// shows: the SDK repeats what it takes for refused because of its own clock.
    pub async fn start(
        clock: Clock,
        answer: impl Fn(&str) -> Answer + Clone + Send + Sync + 'static,
    ) -> Self {
        let signers = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&signers);
        let router = Router::new().fallback(async move |request: Request<Body>| {
            let signer = signer_of(&request);
            seen.lock().unwrap().push(signer.clone());
            let Answer { status, content_type, body } = answer(&signer);
            Response::builder()
                .status(status)
                .header("content-type", content_type)
                .header("date", date_of(&clock))
                .body(Body::from(body))
                .unwrap()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { uri, signers, server }
    }

    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The keys that signed the requests so far, in order; empty for an unsigned one.
    pub fn signers(&self) -> Vec<String> {
        self.signers.lock().unwrap().clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// As HTTP writes it.
fn date_of(clock: &Clock) -> String {
    let now = aws_smithy_types::DateTime::from(std::time::SystemTime::from(clock.now()));
    now.fmt(aws_smithy_types::date_time::Format::HttpDate).unwrap()
}

fn signer_of(request: &Request<Body>) -> String {
    let header = request.headers().get("authorization").map(|value| value.to_str().unwrap());
    let credential = header.and_then(|header| header.split("Credential=").nth(1));
    credential.and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned()
}
