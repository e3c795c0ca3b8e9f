//! An STS that says yes to everybody and remembers who asked for what.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The parameters of one call, with `operation` and `signer`.
pub type Call = BTreeMap<String, String>;

pub struct RecordingSts {
    uri: String,
    calls: Arc<Mutex<Vec<Call>>>,
    server: JoinHandle<()>,
}

impl RecordingSts {
    pub async fn start() -> Self {
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let seen = Arc::clone(&calls);
        let router = Router::new().fallback(async move |headers: HeaderMap, body: String| {
            let call = call_of(&headers, &body);
            let operation = call["operation"].clone();
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.push(call);
                seen.len()
            };
            Response::new(answer(&operation, number))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { uri, calls, server }
    }

    pub fn uri(&self) -> &str {
        &self.uri
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

impl Drop for RecordingSts {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn call_of(headers: &HeaderMap, body: &str) -> Call {
    let authorization = headers.get("authorization").map(|value| value.to_str().unwrap());
    let signer = authorization
        .and_then(|header| header.split("Credential=").nth(1))
        .and_then(|rest| rest.split('/').next());
    let mut call: Call = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    call.remove("Version");
    let operation = call.remove("Action").unwrap();
    call.insert("operation".into(), operation);
    call.insert("signer".into(), signer.unwrap_or_default().into());
    call
}

fn answer(operation: &str, number: usize) -> String {
    format!(
        "<{operation}Response><{operation}Result>\
         <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn>\
         <AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIASESSION{number}</AccessKeyId>\
         <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2096-07-13T12:00:00Z</Expiration></Credentials>\
         </{operation}Result></{operation}Response>"
    )
}
