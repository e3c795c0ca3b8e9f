//! HTTPS, as real TLS clients see it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::fault::{Ending, Fault, Point};
use fake_sts::tls::{Tls, TlsError};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs::{default_provider, kx_group};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{CertificateError, ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::{ALICE, ALICE_ARN, call, keys};

/// Connects as somebody who trusts nothing but these certificates.
async fn connect(
    sts: &FakeSts,
    trusted: &str,
    name: &str,
    version: &'static SupportedProtocolVersion,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(trusted.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let mut provider = default_provider();
    // Which groups it prefers depends on the features that other crates of the build ask for.
    provider.kx_groups = vec![kx_group::X25519];
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn sent(stream: TlsStream<TcpStream>, request: Request<Full<Bytes>>) -> Response<Incoming> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender.send_request(request).await.unwrap()
}

async fn over_tls(tls: Tls) -> FakeSts {
    FakeSts::builder().tls(tls).start().await.unwrap()
}

#[track_caller]
fn check_refused(outcome: io::Result<TlsStream<TcpStream>>, wanted: CertificateError) {
    let error = outcome.unwrap_err();
    let cause = error.get_ref().unwrap().downcast_ref::<rustls::Error>().unwrap();
    assert_eq!(cause, &rustls::Error::InvalidCertificate(wanted));
}

#[tokio::test]
async fn a_signed_call_is_answered_over_tls() {
    let sts = over_tls(Tls::generate().unwrap()).await;
    let request = call("GetCallerIdentity", &[]).signed(&sts, &keys(ALICE));

    let stream = connect(&sts, sts.certificate_pem().unwrap(), "127.0.0.1", &TLS13).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
    let answer = sent(stream, request).await;

    assert_eq!(answer.status(), 200);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains(ALICE_ARN));
    assert!(sts.uri().starts_with("https://127.0.0.1:"));
}

#[tokio::test]
async fn cloudtrail_tells_how_a_call_was_encrypted() {
    let sts = over_tls(Tls::generate().unwrap()).await;
    for version in [&TLS12, &TLS13] {
        let trusted = sts.certificate_pem().unwrap();
        let stream = connect(&sts, trusted, "localhost", version).await.unwrap();
        let request = call("GetCallerIdentity", &[]).signed(&sts, &keys(ALICE));
        assert_eq!(sent(stream, request).await.status(), 200);
    }

    let trail = sts.journal().cloudtrail();

    let host = sts.address().unwrap().to_string();
    let told = |version: &str, suite: &str| json!({"tlsVersion": version, "cipherSuite": suite, "clientProvidedHostHeader": host, "keyExchange": "x25519"});
    assert_eq!(
        [&trail["Records"][0]["tlsDetails"], &trail["Records"][1]["tlsDetails"]],
        [
            &told("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"),
            &told("TLSv1.3", "TLS_AES_256_GCM_SHA384")
        ]
    );
}

#[tokio::test]
async fn the_certificate_is_for_every_name_that_a_client_may_call_it_by() {
    let sts = over_tls(Tls::generate_for(["sts.eu-west-1.amazonaws.com"]).unwrap()).await;
    let trusted = sts.certificate_pem().unwrap();

    for name in
        ["localhost", "127.0.0.1", "::1", "sts.amazonaws.com", "sts.eu-west-1.amazonaws.com"]
    {
        for version in [&TLS12, &TLS13] {
            assert!(connect(&sts, trusted, name, version).await.is_ok(), "{name}");
        }
    }
    let other = connect(&sts, trusted, "iam.amazonaws.com", &TLS13).await.unwrap_err();
    assert!(other.to_string().contains("not valid for name"), "{other}");
}

#[tokio::test]
async fn a_client_that_trusts_another_authority_refuses_it() {
    let sts = over_tls(Tls::generate().unwrap()).await;
    let other = Tls::generate().unwrap();

    let outcome = connect(&sts, other.certificate_pem(), "localhost", &TLS13).await;

    check_refused(outcome, CertificateError::BadSignature);
    let again = connect(&sts, sts.certificate_pem().unwrap(), "localhost", &TLS13).await;
    assert!(again.is_ok(), "a refused handshake must not hurt the next one");
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_presented_as_it_is() {
    let own = rcgen::generate_simple_self_signed(["sts.test".to_owned()]).unwrap();
    let tls = Tls::from_pem(&own.cert.pem(), &own.signing_key.serialize_pem()).unwrap();
    let sts = over_tls(tls).await;

    assert_eq!(sts.certificate_pem(), Some(own.cert.pem().as_str()));
    assert!(connect(&sts, &own.cert.pem(), "sts.test", &TLS13).await.is_ok());
}

#[test]
fn what_is_no_certificate_or_no_key_is_refused_without_quoting_it() {
    let own = rcgen::generate_simple_self_signed(["sts.test".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["sts.test".to_owned()]).unwrap();
    let (certificate, key) = (own.cert.pem(), own.signing_key.serialize_pem());

    let swapped = Tls::from_pem(&key, &certificate).unwrap_err();
    let no_key = Tls::from_pem(&certificate, "planted").unwrap_err();
    let foreign = Tls::from_pem(&certificate, &other.signing_key.serialize_pem()).unwrap_err();
    let names = Tls::generate_for(["münchen"]).unwrap_err();

    assert!(matches!(swapped, TlsError::NoCertificate), "{swapped:?}");
    assert!(matches!(no_key, TlsError::NoPrivateKey), "{no_key:?}");
    assert!(matches!(foreign, TlsError::Rejected(_)), "{foreign:?}");
    assert!(matches!(names, TlsError::Name(_)), "{names:?}");
    assert!(!format!("{no_key:?}{no_key}").contains("planted"));
    let shown = format!("{:?}", Tls::from_pem(&certificate, &key).unwrap());
    assert!(!shown.contains("PRIVATE KEY"), "{shown}");
}

#[tokio::test]
async fn a_fake_without_tls_has_no_certificate() {
    assert_eq!(FakeSts::start().await.certificate_pem(), None);
}

#[tokio::test]
async fn a_connection_is_reset_and_an_answer_broken_off_under_tls_as_well() {
    let sts = over_tls(Tls::generate().unwrap()).await;
    let trusted = sts.certificate_pem().unwrap();
    for (at, wanted) in [(Point::BeforeAnswer, 0), (Point::MidAnswer, 200)] {
        let fault = sts.inject(Fault::disconnect(Ending::Reset, at));
        let stream = connect(&sts, trusted, "127.0.0.1", &TLS13).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driven = tokio::spawn(connection);

        let request = call("GetCallerIdentity", &[]).signed(&sts, &keys(ALICE));
        let (status, whole) = match sender.send_request(request).await {
            Ok(answer) => (answer.status().as_u16(), answer.into_body().collect().await.is_ok()),
            Err(_) => (0, false),
        };

        assert_eq!((status, whole, fault.hits()), (wanted, false, 1));
        drop(driven.await);
    }

    let stream = connect(&sts, trusted, "127.0.0.1", &TLS13).await;
    assert!(stream.is_ok());
}

#[tokio::test]
async fn stopping_does_not_wait_for_clients_that_have_not_agreed_on_tls() {
    let sts = over_tls(Tls::generate().unwrap()).await;
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    // The beginning of a record, so that it is being read.
    stream.write_all(&[22, 3, 1]).await.unwrap();
    tokio::task::yield_now().await;

    // Would run into the time limit of the test runner otherwise.
    sts.stop(Duration::from_secs(3600)).await;

    assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn discovery_over_tls_names_keys_that_can_be_fetched_over_tls() {
    let sts = over_tls(Tls::generate().unwrap()).await;
    let fetch = async |path: &str| {
        let stream =
            connect(&sts, sts.certificate_pem().unwrap(), "127.0.0.1", &TLS13).await.unwrap();
        let host = sts.address().unwrap().to_string();
        let request = Request::get(path).header("host", host).body(Full::default()).unwrap();
        let response = sent(stream, request).await;
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice::<serde_json::Value>(&body).unwrap()
    };

    let discovery = fetch("/_fake-sts/oidc/.well-known/openid-configuration").await;
    let path = discovery["jwks_uri"].as_str().unwrap().strip_prefix(sts.uri()).unwrap().to_owned();

    assert!(sts.uri().starts_with("https://"));
    assert!(fetch(&path).await["keys"].as_array().is_some_and(|keys| !keys.is_empty()));
}
