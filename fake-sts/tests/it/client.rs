//! A client that signs with AWS's own signer and speaks real HTTP.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use fake_sts::FakeSts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The standard world's user who may do everything with STS.
pub(crate) const ALICE: (&str, &str) =
    ("AKIARTX3GSDSQALICE22", "fake-sts/secret/of/alice/not/for/real/00");
pub(crate) const ALICE_ARN: &str = "arn:aws:iam::111122223333:user/alice";
pub(crate) const ALICE_MFA: &str = "arn:aws:iam::111122223333:mfa/alice";

/// The one who may do nothing.
pub(crate) const BOB: (&str, &str) =
    ("AKIARTX3GSDSQBOB2222", "fake-sts/secret/of/bob/not/for/real/0000");

/// One request, to be signed or not.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// The name of the endpoint, if another than that of the fake.
    pub(crate) host: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A call of an operation by POST, as SDKs make it.
pub(crate) fn call(operation: &str, parameters: &[(&str, &str)]) -> Call {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", operation)
        .append_pair("Version", "2011-06-15")
        .extend_pairs(parameters);
    Call {
        method: Method::POST,
        target: "/".to_owned(),
        headers: vec![(
            "content-type".to_owned(),
            "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
        )],
        body: form.finish(),
        region: "us-east-1".to_owned(),
        service: "sts".to_owned(),
        host: None,
    }
}

/// The same call by GET.
pub(crate) fn get(operation: &str, parameters: &[(&str, &str)]) -> Call {
    let post = call(operation, parameters);
    Call {
        method: Method::GET,
        target: format!("/?{}", post.body),
        headers: Vec::new(),
        body: String::new(),
        ..post
    }
}

/// A request to the control API, below `/_fake-sts/`. A body is JSON.
pub(crate) fn control(method: Method, path: &str, body: &str) -> Call {
    let call = get("", &[]).target(&format!("/_fake-sts/{path}"));
    let call = Call { method, body: body.to_owned(), ..call };
    if body.is_empty() { call } else { call.header("content-type", "application/json") }
}

pub(crate) fn keys((id, secret): (&str, &str)) -> Credentials {
    Credentials::new(id, secret, None, None, "test")
}

impl Call {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn target(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    pub(crate) fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Sent as to the endpoint of this name.
    pub(crate) fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub(crate) fn service(mut self, service: &str) -> Self {
        service.clone_into(&mut self.service);
        self
    }

    /// Signs now, by the clock of the fake.
    pub(crate) fn signed(self, sts: &FakeSts, credentials: &Credentials) -> Request<Full<Bytes>> {
        self.signed_at(sts, credentials, sts.clock().now(), SignatureLocation::Headers)
    }

    pub(crate) fn presigned(
        self,
        sts: &FakeSts,
        credentials: &Credentials,
    ) -> Request<Full<Bytes>> {
        self.signed_at(sts, credentials, sts.clock().now(), SignatureLocation::QueryParams)
    }

    pub(crate) fn signed_at(
        self,
        sts: &FakeSts,
        credentials: &Credentials,
        time: SystemTime,
        location: SignatureLocation,
    ) -> Request<Full<Bytes>> {
        let identity = credentials.clone().into();
        let mut settings = SigningSettings::default();
        settings.signature_location = location;
        settings.expires_in = matches!(settings.signature_location, SignatureLocation::QueryParams)
            .then(|| std::time::Duration::from_secs(900));
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        // A presigned URL of S3 covers no body; a signature in headers says what it covers.
        let presigned = matches!(settings.signature_location, SignatureLocation::QueryParams);
        if self.service == "s3" && !presigned {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(time)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let host = self.host.clone().unwrap_or_else(|| host(sts));
        let mut headers = vec![("host", host.as_str())];
        let (declared, others) =
            self.headers.iter().partition::<Vec<_>, _>(|(name, _)| name == "x-amz-content-sha256");
        headers.extend(others.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let uri = format!("http://{host}{}", self.target);
        let signable = SignableRequest::new(
            self.method.as_str(),
            &uri,
            headers.into_iter(),
            match (self.service.as_str(), declared.first()) {
                ("s3", Some((_, word))) => SignableBody::Precomputed(word.clone()),
                ("s3", None) if presigned => SignableBody::UnsignedPayload,
                _ => SignableBody::Bytes(self.body.as_bytes()),
            },
        );
        let (instructions, _) = sign(signable.unwrap(), &parameters).unwrap().into_parts();
        let mut request = self.clone().unsigned(sts);
        let mut absolute = Request::builder().uri(uri).body(()).unwrap();
        instructions.apply_to_request_http1x(&mut absolute);
        *request.uri_mut() = absolute.uri().path_and_query().unwrap().as_str().parse().unwrap();
        request.headers_mut().extend(absolute.headers().clone());
        request
    }

    pub(crate) fn unsigned(self, sts: &FakeSts) -> Request<Full<Bytes>> {
        let host = self.host.unwrap_or_else(|| host(sts));
        let mut request =
            Request::builder().method(self.method).uri(self.target).header("host", host);
        for (name, value) in &self.headers {
            request = request
                .header(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
        }
        request.body(Full::new(Bytes::from(self.body))).unwrap()
    }
}

impl Answer {
    /// The text of the first element of a name.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        Some(rest.split_once("</")?.0)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code and message in one line.
    pub(crate) fn error(&self) -> String {
        let code = self.find("Code").unwrap_or("no code");
        let message =
            self.find("Message").map(|message| format!(": {message}")).unwrap_or_default();
        format!("{} {code}{message}", self.status)
    }

    /// The credentials in it.
    #[track_caller]
    pub(crate) fn credentials(&self) -> Credentials {
        let token = Some(self.text("SessionToken").to_owned());
        Credentials::new(
            self.text("AccessKeyId"),
            self.text("SecretAccessKey"),
            token,
            None,
            "test",
        )
    }
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(sts: &FakeSts, request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// Signs and sends a call.
pub(crate) async fn ask(sts: &FakeSts, credentials: &Credentials, call: Call) -> Answer {
    send(sts, call.signed(sts, credentials)).await
}

fn host(sts: &FakeSts) -> String {
    sts.uri().split_once("://").unwrap().1.to_owned()
}
