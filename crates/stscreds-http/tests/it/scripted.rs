//! An HTTP client that does what a test tells it to, without a network.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use stscreds_core::Credentials;
use stscreds_http::{StsHttpClient, StsHttpClientBuilder};
use stscreds_transport::{HttpClient, HttpError, HttpErrorKind, NewConnection};

/// What comes of a request.
#[derive(Debug, Clone)]
pub enum Step {
    Fails(HttpErrorKind),
    Hangs,
    Responds(u16, String),
}

impl Step {
    /// An error as STS writes it.
    pub fn fault(status: u16, code: &str) -> Self {
        Self::fault_saying(status, code, "planted by the test")
    }

    pub fn fault_saying(status: u16, code: &str, message: &str) -> Self {
        let escaped = message.replace('&', "&amp;").replace('<', "&lt;");
        Self::Responds(
            status,
            format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
                 <Type>Sender</Type><Code>{code}</Code><Message>{escaped}</Message></Error>\
                 <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ErrorResponse>"
            ),
        )
    }

    /// The success of an operation.
    pub fn session(operation: &str) -> Self {
        Self::Responds(200, session(operation))
    }
}

pub fn session(operation: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <{operation}Result><AssumedRoleUser>\
         <Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></AssumedRoleUser>\
         <Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/u</Arn>\
         <UserId>AIDAEXAMPLE</UserId><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>\
         <SecretAccessKey>planted-secret-of-the-session</SecretAccessKey>\
         <SessionToken>planted-token-of-the-session</SessionToken>\
         <Expiration>2096-07-13T12:00:00Z</Expiration></Credentials>\
         <WebIdentityToken>planted-token-of-the-session</WebIdentityToken>\
         <Expiration>2096-07-13T12:00:00.507Z</Expiration></{operation}Result>\
         </{operation}Response>"
    )
}

/// Takes one step for each request; the last one again and again.
#[derive(Clone)]
pub struct Scripted(Arc<Mutex<Script>>);

struct Script {
    steps: VecDeque<Step>,
    requests: Vec<Request<Bytes>>,
}

impl Scripted {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps = steps.into_iter().collect();
        Self(Arc::new(Mutex::new(Script { steps, requests: Vec::new() })))
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().requests.len()
    }

    /// The body of the request of this number, the first of which is 0.
    pub fn body(&self, number: usize) -> String {
        let body = self.0.lock().unwrap().requests[number].body().to_vec();
        String::from_utf8(body).unwrap()
    }

    pub fn header(&self, number: usize, name: &str) -> String {
        let script = self.0.lock().unwrap();
        script.requests[number].headers()[name].to_str().unwrap().to_owned()
    }

    /// Whether each request asked for a connection of its own.
    pub fn asked_for_new_connections(&self) -> bool {
        let script = self.0.lock().unwrap();
        script.requests.iter().all(|request| request.extensions().get::<NewConnection>().is_some())
    }

    /// A client that signs with keys, waits for as long as a backoff can take, and
    /// sends requests here.
    pub fn client(&self) -> StsHttpClientBuilder {
        StsHttpClient::builder("eu-central-1".parse().unwrap(), self.clone())
            .credentials(Credentials::new("AKIAEXAMPLE", "planted-secret-of-the-signer"))
            .random(|| 1.0)
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl HttpClient for Scripted {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let step = {
            let mut script = self.0.lock().unwrap();
            script.requests.push(request);
            match script.steps.len() {
                1 => script.steps[0].clone(),
                _ => script.steps.pop_front().unwrap(),
            }
        };
        match step {
            Step::Fails(kind) => Err(HttpError::new(kind, "as the test wants it")),
            Step::Hangs => std::future::pending().await,
            Step::Responds(status, body) => {
                Ok(Response::builder().status(status).body(Bytes::from(body)).unwrap())
            }
        }
    }
}
