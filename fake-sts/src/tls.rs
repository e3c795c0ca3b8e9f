//! HTTPS: the certificate of a server, made when it starts or brought along.

mod error;
mod made;

use std::sync::Arc;
use std::{fmt, io};

use rustls::crypto::SupportedKxGroup;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CipherSuite, NamedGroup, ProtocolVersion, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub use self::error::TlsError;
use crate::peer::TlsSession;

/// A certificate and its private key, for [`FakeStsBuilder::tls`](crate::FakeStsBuilder::tls).
///
/// Clones share it, so a whole test suite can trust one authority.
///
/// ```
/// use fake_sts::{FakeSts, tls::Tls};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let sts = FakeSts::builder().tls(Tls::generate()?).start().await?;
///
/// assert!(sts.uri().starts_with("https://127.0.0.1:"));
/// let authority = sts.certificate_pem(); // for the trust store of the client under test
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    certificate_pem: Arc<str>,
}

impl Tls {
    /// Makes an authority, and with it a certificate for `localhost`, `127.0.0.1`, `::1` and `sts.amazonaws.com`.
    ///
    /// Both are valid from yesterday on, for 397 days of real time. The key of the authority is thrown away.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes for the keys.
    pub fn generate() -> Result<Self, TlsError> {
        Self::generate_for::<&str>([])
    }

    /// The same for more host names and addresses, such as `sts.eu-west-1.amazonaws.com`.
    ///
    /// # Errors
    ///
    /// Also when one of them can be no name in a certificate.
    pub fn generate_for<N: Into<String>>(
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, TlsError> {
        made::certified(names.into_iter().map(Into::into).collect())
    }

    /// Takes a certificate, with those between it and its authority behind it, and its private key, both in PEM.
    ///
    /// # Errors
    ///
    /// When one of them is not in the text, or they do not belong together.
    pub fn from_pem(certificates: &str, private_key: &str) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(certificates.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| TlsError::NoCertificate)?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        // The reason is left out: it could quote the key.
        let key = PrivateKeyDer::from_pem_slice(private_key.as_bytes())
            .map_err(|_| TlsError::NoPrivateKey)?;
        Self::new(chain, key, certificates)
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        certificate_pem: &str,
    ) -> Result<Self, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::rejected)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(TlsError::rejected)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), certificate_pem: certificate_pem.into() })
    }

    /// What clients have to trust, in PEM: the authority if it was made here, the certificates brought along otherwise.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await
    }
}

/// What was agreed on with a client; nothing before the end of the handshake.
pub(crate) fn session(stream: &TlsStream<TcpStream>) -> Option<TlsSession> {
    let (_, connection) = stream.get_ref();
    let version = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => return None,
    };
    let cipher_suite = cipher_suite(connection.negotiated_cipher_suite()?.suite())?;
    let group = connection.negotiated_key_exchange_group().map(SupportedKxGroup::name);
    Some(TlsSession { version, cipher_suite, key_exchange: group.and_then(key_exchange) })
}

fn key_exchange(group: NamedGroup) -> Option<&'static str> {
    Some(match group {
        NamedGroup::X25519 => "x25519",
        NamedGroup::X25519MLKEM768 => "X25519MLKEM768",
        NamedGroup::secp256r1 => "secp256r1",
        NamedGroup::secp384r1 => "secp384r1",
        _ => return None,
    })
}

/// CloudTrail has the suites of TLS 1.2 by their names in OpenSSL.
fn cipher_suite(suite: CipherSuite) -> Option<&'static str> {
    Some(match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            "ECDHE-ECDSA-CHACHA20-POLY1305"
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => return None,
    })
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("certificate_pem", &self.certificate_pem)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_that_can_be_agreed_on_has_a_name() {
        for suite in default_provider().cipher_suites {
            assert!(cipher_suite(suite.suite()).is_some(), "{suite:?}");
        }
    }
}
