use std::error::Error as StdError;

/// Why there is no TLS.
///
/// What the libraries below say is its source, as text: their types are none of this API.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The text of the certificates has none.
    #[error(
        "there is no certificate; give one in PEM, which begins with -----BEGIN CERTIFICATE-----"
    )]
    NoCertificate,
    /// The text of the private key has none.
    #[error(
        "there is no private key; give one in PEM without a password, which begins with -----BEGIN PRIVATE KEY-----"
    )]
    NoPrivateKey,
    /// Certificate and key are of no use.
    #[error("the certificate and its private key cannot be used together")]
    Rejected(#[source] Box<dyn StdError + Send + Sync>),
    /// A certificate cannot be for this name.
    #[error(
        "`{0}` is no name for a certificate; give a host name or an address, such as sts.eu-west-1.amazonaws.com, without a scheme and a port"
    )]
    Name(String),
    /// No certificate could be made.
    #[error("no certificate can be made for these names")]
    Making(#[source] Box<dyn StdError + Send + Sync>),
}

impl TlsError {
    pub(super) fn rejected(source: rustls::Error) -> Self {
        Self::Rejected(source.into())
    }

    pub(super) fn making(source: rcgen::Error) -> Self {
        Self::Making(source.into())
    }
}
