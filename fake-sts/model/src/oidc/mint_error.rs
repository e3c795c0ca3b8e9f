/// Why there is no token or assertion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The issuer is no URL.
    #[error(
        "the issuer {issuer:?} is no URL, so STS would refuse each of its tokens; give one such as https://issuer.example, or break the token by \
         `issuer-not-a-url`"
    )]
    #[non_exhaustive]
    IssuerNotAUrl {
        /// The issuer that was given.
        issuer: String,
    },
    /// The system could not make or use a key.
    #[error(
        "the system could not generate a key or sign with it; it may be short of randomness or memory"
    )]
    Key,
}
