use stscreds_transport::{HttpErrorKind, HyperClient};

use crate::child;
use crate::server::{OK, Server, acceptor, post};

async fn server() -> (Server, String, String) {
    let (acceptor, certificate) = acceptor();
    let server = Server::start(Some(acceptor), |_head| OK.to_owned()).await;
    let url = format!("https://localhost:{}/", server.address.port());
    (server, url, certificate)
}

fn written(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.pem");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[tokio::test]
async fn a_certificate_of_the_bundle_is_trusted_and_the_connection_used_again() {
    let (server, url, certificate) = server().await;
    let (_folder, path) = written(&certificate);
    let client = HyperClient::builder().ca_bundle(path).build();

    post(&client, &url, "").await.unwrap();
    post(&client, &url, "").await.unwrap();

    assert_eq!((server.connections(), server.heads().len()), (1, 2));
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_refused_before_anything_is_sent() {
    let (server, url, _) = server().await;

    let error = post(&HyperClient::new(), &url, "planted").await.unwrap_err();

    assert_eq!((error.kind(), error.is_unsent()), (HttpErrorKind::Connect, true));
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
    assert_eq!(server.heads(), Vec::<String>::new());
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let (server, _, certificate) = server().await;
    let (_folder, path) = written(&certificate);
    let client = HyperClient::builder().ca_bundle(path).build();

    let url = format!("https://127.0.0.1:{}/", server.address.port());
    let error = post(&client, &url, "").await.unwrap_err();

    assert_eq!(error.kind(), HttpErrorKind::Connect);
    assert!(format!("{error:?}").contains("NotValidForName"), "{error:?}");
}

#[tokio::test]
async fn a_bundle_without_a_certificate_is_named() {
    let (_server, url, _) = server().await;
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "planted", broken] {
        let (_folder, path) = written(text);
        let client = HyperClient::builder().ca_bundle(&path).build();

        let error = post(&client, &url, "").await.unwrap_err();

        assert_eq!((error.kind(), error.is_unsent()), (HttpErrorKind::Configuration, true));
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
    let client = HyperClient::builder().ca_bundle("/no/such/bundle.pem").build();
    let error = post(&client, &url, "").await.unwrap_err();
    assert!(error.to_string().contains("/no/such/bundle.pem"), "{error}");
}

#[tokio::test]
async fn the_variables_of_the_system_and_of_aws_name_certificates() {
    let (_server, url, certificate) = server().await;
    let (_folder, path) = written(&certificate);
    for variable in ["SSL_CERT_FILE", "AWS_CA_BUNDLE"] {
        let mut trusting = child::running("tls::as_a_program_that_trusts_it");
        trusting.env_remove("SSL_CERT_DIR").env(variable, &path).env("URL", &url);

        child::passes(trusting).await;
    }
}

/// The part of the child of the test above.
#[tokio::test]
async fn as_a_program_that_trusts_it() {
    if child::is_for("tls::as_a_program_that_trusts_it") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns the URL")]
        let url = std::env::var("URL").unwrap();

        post(&HyperClient::from_env().unwrap(), &url, "").await.unwrap();
    }
}

/// As in a distroless container.
#[cfg(not(feature = "webpki-roots"))]
#[tokio::test]
async fn without_any_certificate_authority_the_error_says_what_to_set() {
    let (_server, url, _) = server().await;
    let (_folder, path) = written("");
    let mut bare = child::running("tls::as_a_machine_without_certificates");
    bare.env_remove("SSL_CERT_DIR")
        .env_remove("AWS_CA_BUNDLE")
        .env("SSL_CERT_FILE", &path)
        .env("URL", &url);

    child::passes(bare).await;
}

/// The part of the child of the test above.
#[cfg(not(feature = "webpki-roots"))]
#[tokio::test]
async fn as_a_machine_without_certificates() {
    if child::is_for("tls::as_a_machine_without_certificates") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns the URL")]
        let url = std::env::var("URL").unwrap();

        let error = post(&HyperClient::from_env().unwrap(), &url, "").await.unwrap_err();

        assert_eq!((error.kind(), error.is_unsent()), (HttpErrorKind::Configuration, true));
        for remedy in ["AWS_CA_BUNDLE", "`webpki-roots`", "ca-certificates"] {
            assert!(error.to_string().contains(remedy), "{error}");
        }
    }
}
