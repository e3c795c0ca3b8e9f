use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use stscreds_core::{Credentials, CredentialsProvider, ErrorKind};
use stscreds_transport::{HttpClient, HyperClient};

use crate::scripted::{Scripted, Step};
use crate::stage::{PLAIN, Stage};

/// What STS says to somebody who sends the request.
async fn sent(url: &str, headers: &[(String, String)]) -> (u16, String) {
    let mut request = Request::get(url).body(Bytes::new()).unwrap();
    for (name, value) in headers {
        let name = http::HeaderName::try_from(name.as_str()).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = HyperClient::new().send(request).await.unwrap();
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

#[tokio::test]
async fn a_presigned_request_proves_who_signed_it_until_it_expires() {
    let stage = Stage::set().await;
    let role = stage.assume(PLAIN).session_name("pod".parse().unwrap()).build();
    let sts = stage.signed_by(role.credentials().await.unwrap());
    let quarter = Duration::from_secs(900);

    let headers = [("x-k8s-aws-id", "a-cluster")];
    let request = sts.presigned_caller_identity(&headers, quarter).await.unwrap();
    assert_eq!(request.expires_at, stage.clock().now() + quarter);
    assert!(!format!("{request:?}").contains("X-Amz"), "{request:?}");

    let (status, body) = sent(request.url.expose(), &request.headers).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("assumed-role/plain/pod"), "{body}");

    let other = [("x-k8s-aws-id".to_owned(), "another-cluster".to_owned())];
    assert_eq!(sent(request.url.expose(), &other).await.0, 403, "it is not for another cluster");
    stage.advance(901);
    assert_eq!(sent(request.url.expose(), &request.headers).await.0, 403, "it has expired");
}

#[tokio::test]
async fn the_token_of_a_cluster_is_the_url_in_base64() {
    let stage = Stage::set().await;

    let (token, expiry) = stage.sts().eks_token("a-cluster").await.unwrap();

    assert_eq!(expiry, stage.clock().now() + Duration::from_secs(14 * 60));
    let encoded = token.expose().strip_prefix("k8s-aws-v1.").unwrap();
    let url = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap();
    assert!(url.contains("X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id"), "{url}");
    let (status, body) = sent(&url, &[("x-k8s-aws-id".into(), "a-cluster".into())]).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn a_signature_is_not_said_to_outlive_its_session() {
    let stage = Stage::set().await;
    let expiry = stage.clock().now() + Duration::from_secs(30);
    let session = Credentials::builder("ASIAEXAMPLE", "s").expires_at(expiry).build();
    assert_eq!(session.expires_at(), Some(expiry));
    let sts = stage.signed_by(session);

    let request = sts.presigned_caller_identity(&[], Duration::from_secs(60)).await.unwrap();
    assert_eq!(request.expires_at, expiry);
    assert_eq!(sts.eks_token("a-cluster").await.unwrap().1, expiry);
}

#[tokio::test]
async fn what_cannot_be_presigned_is_refused() {
    let http = Scripted::new([Step::session("GetCallerIdentity")]);
    let sts = http.client().build();
    let minute = Duration::from_secs(60);
    for (headers, lifetime) in [
        (&[("X-Upper", "v")][..], minute),
        (&[("host", "evil")], minute),
        (&[("a b", "v")], minute),
        (&[("x", "line\nbreak")], minute),
        (&[], Duration::from_millis(999)),
        (&[], Duration::from_secs(901)),
    ] {
        let error = sts.presigned_caller_identity(headers, lifetime).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration, "{headers:?}");
    }
    assert_eq!(http.count(), 0);
}
