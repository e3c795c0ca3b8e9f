use std::net::SocketAddr;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use benches::clock;
use http::Request;
use http_body_util::Full;
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operation {
    AssumeRole,
    GetCallerIdentity,
}

impl Operation {
    pub(crate) const ALL: [Self; 2] = [Self::AssumeRole, Self::GetCallerIdentity];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::GetCallerIdentity => "GetCallerIdentity",
        }
    }

    fn body(self, nth: usize) -> String {
        match self {
            Self::AssumeRole => format!(
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fplain\
                 &RoleSessionName=load-{nth}&DurationSeconds=3600"
            ),
            Self::GetCallerIdentity => "Action=GetCallerIdentity&Version=2011-06-15".to_owned(),
        }
    }
}

/// How many different requests a load sends, over and over: no server can keep the answer to one.
const POOL: usize = 1_000;

/// Requests of alice, of the standard world, signed now and so good for 15 minutes.
///
/// Signing takes as long as sending: it is done before anything is measured.
pub(crate) fn signed(
    operation: Operation,
    address: SocketAddr,
) -> Result<Vec<Request<Full<Bytes>>>, String> {
    (0..POOL).map(|nth| sign_one(operation.body(nth), address)).collect()
}

fn sign_one(body: String, address: SocketAddr) -> Result<Request<Full<Bytes>>, String> {
    let alice = Credentials::new(
        "AKIARTX3GSDSQALICE22",
        "fake-sts/secret/of/alice/not/for/real/00",
        None,
        None,
        "the standard world",
    );
    let identity = alice.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sts")
        .time(clock::precise())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let host = address.to_string();
    let headers = [("host", host.as_str()), ("content-type", FORM)];
    let signable = SignableRequest::new(
        "POST",
        format!("http://{host}/"),
        headers.into_iter(),
        SignableBody::Bytes(body.as_bytes()),
    );
    let signable = signable.map_err(|error| error.to_string())?;
    let (instructions, _) =
        sign(signable, &parameters).map_err(|error| error.to_string())?.into_parts();
    let mut request = Request::post("/")
        .header("host", &host)
        .header("content-type", FORM)
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| error.to_string())?;
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}

const FORM: &str = "application/x-www-form-urlencoded";
