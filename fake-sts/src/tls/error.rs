/// Why there is no TLS.
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
    Rejected(#[source] rustls::Error),
    /// No certificate could be made.
    #[error("no certificate can be made for these names")]
    Making(#[source] rcgen::Error),
}
