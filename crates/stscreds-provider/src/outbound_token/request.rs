use super::{OutboundTokenDuration, TokenAudience};
use crate::SessionTags;

/// The parameters of one `GetWebIdentityToken` call, each already checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OutboundTokenRequest {
    /// `Audience`: 1 to 10.
    pub audiences: Vec<TokenAudience>,
    /// `SigningAlgorithm`.
    pub algorithm: TokenAlgorithm,
    /// `DurationSeconds`; if not set nothing is sent, and STS grants 5 minutes.
    pub duration: Option<OutboundTokenDuration>,
    /// `Tags`, which become claims of the token.
    pub tags: SessionTags,
}

/// What STS signs an outbound token with.
///
/// Ask the service that verifies the token which one it knows: nearly all know RS256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenAlgorithm {
    /// RSA with SHA-256.
    #[default]
    Rs256,
    /// ECDSA with the curve P-384 and SHA-384.
    Es384,
}

impl TokenAlgorithm {
    /// The name in requests and in the header of tokens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es384 => "ES384",
        }
    }
}
