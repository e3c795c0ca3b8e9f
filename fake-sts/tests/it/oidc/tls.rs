use std::sync::Arc;

use fake_sts::oidc::{
    ExternalKeys, Fetch as _, FetchFault, HttpFetch, Issuer, Rules, Token, TokenFault,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{clients, now};

/// An issuer behind a certificate that it made itself.
struct TlsIssuer {
    issuer: Issuer,
    thumbprint: String,
}

impl TlsIssuer {
    async fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, cert.der());
        let thumbprint = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![cert.der().clone()],
                PrivateKeyDer::Pkcs8(signing_key.serialize_der().into()),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Issuer::new(format!("https://{}", listener.local_addr().unwrap()));
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), issuer.clone()));
        Self { issuer, thumbprint }
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, issuer: Issuer) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(mut stream) = acceptor.accept(stream).await else { continue };
        let mut request = [0; 2048];
        let length = stream.read(&mut request).await.unwrap_or_default();
        let is_discovery = String::from_utf8_lossy(&request[..length])
            .starts_with("GET /.well-known/openid-configuration ");
        let body = if is_discovery {
            issuer.discovery(&format!("{}/keys", issuer.url()))
        } else {
            issuer.keys().to_value()
        }
        .to_string();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

#[tokio::test]
async fn an_issuer_behind_a_pinned_certificate_is_trusted() {
    let server = TlsIssuer::start().await;
    let text = server.issuer.token_at(now()).mint();
    let token = Token::parse(&text).unwrap();
    let keys = ExternalKeys::new(Arc::new(HttpFetch::default()));

    let keys = keys.keys(&token, server.issuer.url(), &[server.thumbprint], now()).await.unwrap();

    assert!(token.verify(&keys, now(), &Rules::new(&clients())).is_ok());
}

#[tokio::test]
async fn an_issuer_behind_any_other_certificate_is_refused_in_the_words_of_the_service() {
    let server = TlsIssuer::start().await;
    let token = Token::parse(&server.issuer.token_at(now()).mint()).unwrap();
    let keys = ExternalKeys::new(Arc::new(HttpFetch::default()));

    for thumbprints in [vec![], vec!["0".repeat(40)]] {
        let fault = keys.keys(&token, server.issuer.url(), &thumbprints, now()).await.unwrap_err();
        assert!(!fault.is_communication());
        let fault = TokenFault::from(fault);
        assert_eq!(fault.code(), "InvalidIdentityToken");
        assert_eq!(
            fault.to_string(),
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls_is_no_https_issuer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        }
    });

    let fault = HttpFetch::default().fetch(&url, &[]).await.unwrap_err();

    assert!(matches!(fault, FetchFault::NoConnection(_)), "{fault:?}");
}
