use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use stscreds_core::ErrorKind;
use stscreds_token::{IdentityTokenRetriever, IdentityTokenUrl};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::child;

/// Hands out `token` under a certificate of its own for `localhost`, which is
/// returned too.
async fn server() -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let Ok(mut connection) = acceptor.accept(connection).await else { continue };
            let _request = connection.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ntoken";
            let _sent = connection.write_all(answer).await;
            let _closed = connection.shutdown().await;
        }
    });
    (address, made.cert.pem())
}

#[tokio::test]
async fn a_certificate_that_the_system_does_not_trust_is_refused() {
    let (address, _) = server().await;
    let url = format!("https://localhost:{}/", address.port());

    let retriever = IdentityTokenUrl::new(url).unwrap().bearer_token("planted").unwrap();
    let error = retriever.identity_token().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::IdentityTokenUnreadable);
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
    assert!(!format!("{error:?}").contains("planted"), "{error:?}");
}

#[tokio::test]
async fn a_certificate_that_the_system_trusts_is_accepted() {
    let (address, certificate) = server().await;
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, certificate).unwrap();
    let mut system = child::running("https::as_a_system_that_trusts_it");
    system.env("SSL_CERT_FILE", trusted).env_remove("SSL_CERT_DIR");
    system.env("PORT", address.port().to_string());

    child::passes(system).await;
}

/// The part of the child of the test above.
#[tokio::test]
async fn as_a_system_that_trusts_it() {
    if child::is_for("https::as_a_system_that_trusts_it") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns the port")]
        let port = std::env::var("PORT").unwrap();

        let retriever = IdentityTokenUrl::new(format!("https://localhost:{port}/")).unwrap();
        let token = retriever.identity_token().await.unwrap();

        assert_eq!(token.expose(), "token");
    }
}
