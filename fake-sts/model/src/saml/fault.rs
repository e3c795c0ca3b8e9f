use thiserror::Error;

/// Why a SAML response is refused.
///
/// Displays as the message STS answers with; [`SamlFault::code`] is its error code, [`SamlFault::cause`] tells a person what is behind it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SamlFault {
    /// It is no base64.
    #[error("Invalid base64 SAMLResponse")]
    NotBase64,
    /// It is no SAML response with one assertion, or lacks a part that STS reads.
    #[error("Invalid base64 SAMLResponse")]
    #[non_exhaustive]
    Invalid {
        /// What is wrong with it.
        cause: &'static str,
    },
    /// The assertion is not signed. A signature of the response alone does not do.
    #[error(
        "Response (with optional signature) must contain an assertion with a mandatory signature"
    )]
    Unsigned,
    /// A signature is not that of the provider.
    #[error("Response signature invalid")]
    #[non_exhaustive]
    SignatureInvalid {
        /// What is wrong with it.
        cause: &'static str,
    },
    /// The issuer is not that of the provider's metadata.
    #[error("Issuer not present in specified provider")]
    #[non_exhaustive]
    WrongIssuer {
        /// The issuer of the response.
        found: String,
        /// The entity id of the metadata.
        wanted: String,
    },
    /// It is not meant for AWS.
    #[error("Response does not contain the required audience.")]
    #[non_exhaustive]
    WrongAudience {
        /// What it is meant for.
        found: Vec<String>,
    },
    /// The assertion's `Conditions` have ended.
    #[error("Response has expired")]
    #[non_exhaustive]
    Expired {
        /// Which of its times has passed.
        cause: &'static str,
    },
    /// It was issued too long ago, or may not be presented any more.
    #[error("Token must be redeemed within 5 minutes of issuance")]
    #[non_exhaustive]
    TooOld {
        /// Which of its times has passed.
        cause: &'static str,
    },
    /// The attribute `RoleSessionName` is missing.
    #[error("RoleSessionName is required in AuthnResponse")]
    MissingRoleSessionName,
    /// The attribute `RoleSessionName` has another form.
    #[error("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{{2,64}}")]
    InvalidRoleSessionName,
    /// The attribute `SourceIdentity` has another form.
    #[error("Source Identity must match [a-zA-Z_0-9+=,.@-]{{2,64}} and not begin with \"aws:\"")]
    InvalidSourceIdentity,
    /// The attribute `SessionDuration` is no number of seconds. The message of the real service is not known.
    #[error("SessionDuration in AuthnResponse must be between 900 and 43200")]
    InvalidSessionDuration,
}

impl SamlFault {
    /// Whether the service passes on the words of the service behind it, with a request id of that.
    #[must_use]
    pub fn is_passed_on(&self) -> bool {
        matches!(self, Self::NotBase64 | Self::Invalid { .. } | Self::Unsigned)
    }

    /// The error code that STS answers with.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooOld { .. } | Self::Expired { .. } => "ExpiredTokenException",
            _ => "InvalidIdentityToken",
        }
    }

    /// What is behind it, for a person who debugs an identity provider.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::Invalid { cause }
            | Self::SignatureInvalid { cause }
            | Self::Expired { cause }
            | Self::TooOld { cause } => (*cause).to_owned(),
            Self::WrongIssuer { found, wanted } => {
                format!("the issuer is {found:?}, the entity id of the metadata is {wanted:?}")
            }
            Self::WrongAudience { found } => format!("it is meant for {found:?}"),
            Self::NotBase64
            | Self::Unsigned
            | Self::MissingRoleSessionName
            | Self::InvalidRoleSessionName
            | Self::InvalidSourceIdentity
            | Self::InvalidSessionDuration => self.to_string(),
        }
    }
}
