use thiserror::Error;

/// Why a web identity token is refused.
///
/// Displays as the message STS answers with; [`TokenFault::code`] is its error code, [`TokenFault::cause`] tells a person what is behind it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// It is not of the shape of a signed JWT.
    #[error(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )]
    #[non_exhaustive]
    NotAJwt {
        /// What is wrong with it.
        cause: &'static str,
    },
    /// The issuer it names is no URL.
    #[error("Issuer must be a valid URL")]
    IssuerNotAUrl,
    /// No usable key of the issuer fits it.
    #[error(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    )]
    #[non_exhaustive]
    NoVerificationKey {
        /// Why there is none.
        cause: String,
    },
    /// The issuer is behind a certificate that is neither of a public authority nor of a thumbprint of the provider.
    #[error("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")]
    #[non_exhaustive]
    UntrustedCertificate {
        /// Where it was met.
        cause: String,
    },
    /// The signature is not that of the issuer's key.
    #[error("Token signature invalid")]
    SignatureInvalid,
    /// The issuer's key is one that STS does not work with, or the token is for none of the provider's client ids.
    #[error(
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements."
    )]
    #[non_exhaustive]
    NotValidated {
        /// What is wrong.
        cause: String,
    },
    /// The subject is null, on which the service fails.
    #[error("Unknown error validating third-party token")]
    NullSubject,
    /// It has several audiences and does not say which of them is the authorized party.
    #[error("Token audience contains more than one audience while authorized party is not present")]
    SeveralAudiences,
    /// Its session tags are not in the form that STS takes.
    #[error("principal_tags passed in claim is not in correct format.")]
    #[non_exhaustive]
    InvalidTags {
        /// The claim.
        claim: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// A claim that STS needs is not there.
    #[error("Missing a required claim: {claim}")]
    #[non_exhaustive]
    MissingClaim {
        /// The claim.
        claim: &'static str,
    },
    /// A claim has a value of a type that STS does not take, such as a time that is no integer.
    #[error(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )]
    #[non_exhaustive]
    InvalidClaim {
        /// The claim.
        claim: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// It has expired.
    #[error(
        "Token expired: current date/time {now} must be before the expiration date/time {expiration}"
    )]
    #[non_exhaustive]
    Expired {
        /// Seconds since 1970.
        now: i64,
        /// Seconds since 1970.
        expiration: i64,
    },
    /// It was issued longer ago than the provider allows.
    #[error("Token too old: {age}")]
    #[non_exhaustive]
    TooOld {
        /// Seconds since it was issued.
        age: i64,
    },
    /// Its time has not come yet. The message of the real service is not known.
    #[error("Token not yet valid: current date/time {now} must be after {claim} {not_before}")]
    #[non_exhaustive]
    NotYetValid {
        /// Seconds since 1970.
        now: i64,
        /// `nbf` or `iat`.
        claim: &'static str,
        /// Seconds since 1970.
        not_before: i64,
    },
    /// It was issued for none of the provider's client ids.
    #[error("Incorrect token audience")]
    #[non_exhaustive]
    WrongAudience {
        /// What it was issued for.
        audience: Vec<String>,
    },
}

impl TokenFault {
    /// The error code that STS answers with.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } | Self::TooOld { .. } => "ExpiredTokenException",
            Self::NullSubject => "InternalFailure",
            _ => "InvalidIdentityToken",
        }
    }

    /// What is behind it, for a person who debugs a token; never any part of the token but names and times.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::NotAJwt { cause } => (*cause).to_owned(),
            Self::NoVerificationKey { cause } | Self::UntrustedCertificate { cause } => {
                cause.clone()
            }
            Self::NotValidated { cause } => cause.clone(),
            Self::NullSubject => "the claim sub is null".to_owned(),
            Self::SeveralAudiences => {
                "aud is a list of several audiences; add azp, one of the client ids".to_owned()
            }
            Self::InvalidClaim { claim, wanted } | Self::InvalidTags { claim, wanted } => {
                format!("the claim {claim} must be {wanted}")
            }
            Self::WrongAudience { audience } => {
                format!("the token is for {audience:?}, which is no client id of the provider")
            }
            Self::SignatureInvalid => {
                "the signature was not made over this token with the issuer's key".to_owned()
            }
            Self::IssuerNotAUrl => "iss must be an https URL".to_owned(),
            Self::MissingClaim { .. }
            | Self::Expired { .. }
            | Self::TooOld { .. }
            | Self::NotYetValid { .. } => self.to_string(),
        }
    }
}
