use std::io;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::oidc::FetchFault;

/// Speaks TLS to an issuer.
///
/// As STS does since 2023, trusts certificates of public authorities whatever the thumbprints are, and others only by a thumbprint: the SHA-1
/// of a certificate in the chain, in hexadecimal. See
/// [thumbprints](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).
pub(super) async fn connect(
    stream: TcpStream,
    host: &str,
    thumbprints: &[String],
) -> Result<TlsStream<TcpStream>, FetchFault> {
    let broken = |error: &dyn ToString| FetchFault::NoConnection(error.to_string());
    let name = ServerName::try_from(host.to_owned()).map_err(|_| FetchFault::InvalidUrl)?;
    let public = public_authorities()
        .ok_or_else(|| broken(&"the built-in list of public authorities cannot be read"))?;
    let verifier = PublicOrPinned { public: Arc::clone(public), thumbprints: thumbprints.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions();
    let config = config
        .map_err(|error| broken(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| fault(&error))
}

/// Trusts public authorities and pinned certificates.
#[derive(Debug)]
struct PublicOrPinned {
    public: Arc<WebPkiServerVerifier>,
    thumbprints: Vec<String>,
}

impl PublicOrPinned {
    fn is_pinned(&self, certificate: &CertificateDer<'_>) -> bool {
        let thumbprint = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate)
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        self.thumbprints.iter().any(|pinned| pinned.eq_ignore_ascii_case(&thumbprint))
    }
}

impl ServerCertVerifier for PublicOrPinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(verified) = self.public.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            return Ok(verified);
        }
        if [end_entity]
            .into_iter()
            .chain(intermediates)
            .any(|certificate| self.is_pinned(certificate))
        {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.public.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.public.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.public.supported_verify_schemes()
    }
}

/// Mozilla's list, read once.
fn public_authorities() -> Option<&'static Arc<WebPkiServerVerifier>> {
    static PUBLIC: OnceLock<Option<Arc<WebPkiServerVerifier>>> = OnceLock::new();
    let read = || {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()))
            .build()
            .ok()
    };
    PUBLIC.get_or_init(read).as_ref()
}

fn fault(error: &io::Error) -> FetchFault {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<Error>());
    match cause {
        Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            FetchFault::UntrustedCertificate
        }
        _ => FetchFault::NoConnection(error.to_string()),
    }
}
