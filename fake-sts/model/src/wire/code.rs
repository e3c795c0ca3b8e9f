/// An error code of STS, with the HTTP status it comes with.
///
/// The codes and statuses are those of the published API model and of the
/// [common errors](https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the code of the same name")]
pub enum ErrorCode {
    AccessDenied,
    ExpiredToken,
    ExpiredTokenException,
    ExpiredTradeInTokenException,
    IdpCommunicationError,
    IdpRejectedClaim,
    IncompleteSignature,
    InsufficientSessionLifetime,
    InternalFailure,
    InvalidAction,
    InvalidAuthorizationMessageException,
    InvalidClientTokenId,
    InvalidContextAssertion,
    InvalidIdentityToken,
    InvalidParameterValue,
    InvalidSubjectCredentials,
    JwtPayloadSizeExceededException,
    MalformedInput,
    MalformedPolicyDocument,
    MalformedQueryString,
    MissingAuthenticationToken,
    OutboundWebIdentityFederationDisabledException,
    PackedPolicyTooLarge,
    RegionDisabledException,
    ServiceUnavailable,
    SessionDurationEscalationException,
    SignatureDoesNotMatch,
    Throttling,
    ValidationError,
}

impl ErrorCode {
    /// All codes, in alphabetical order.
    pub const ALL: [Self; 29] = [
        Self::AccessDenied,
        Self::ExpiredToken,
        Self::ExpiredTokenException,
        Self::ExpiredTradeInTokenException,
        Self::IdpCommunicationError,
        Self::IdpRejectedClaim,
        Self::IncompleteSignature,
        Self::InsufficientSessionLifetime,
        Self::InternalFailure,
        Self::InvalidAction,
        Self::InvalidAuthorizationMessageException,
        Self::InvalidClientTokenId,
        Self::InvalidContextAssertion,
        Self::InvalidIdentityToken,
        Self::InvalidParameterValue,
        Self::InvalidSubjectCredentials,
        Self::JwtPayloadSizeExceededException,
        Self::MalformedInput,
        Self::MalformedPolicyDocument,
        Self::MalformedQueryString,
        Self::MissingAuthenticationToken,
        Self::OutboundWebIdentityFederationDisabledException,
        Self::PackedPolicyTooLarge,
        Self::RegionDisabledException,
        Self::ServiceUnavailable,
        Self::SessionDurationEscalationException,
        Self::SignatureDoesNotMatch,
        Self::Throttling,
        Self::ValidationError,
    ];

    /// The code of this name, letter by letter.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// The code as it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDenied",
            Self::ExpiredToken => "ExpiredToken",
            Self::ExpiredTokenException => "ExpiredTokenException",
            Self::ExpiredTradeInTokenException => "ExpiredTradeInTokenException",
            Self::IdpCommunicationError => "IDPCommunicationError",
            Self::IdpRejectedClaim => "IDPRejectedClaim",
            Self::IncompleteSignature => "IncompleteSignature",
            Self::InsufficientSessionLifetime => "InsufficientSessionLifetime",
            Self::InternalFailure => "InternalFailure",
            Self::InvalidAction => "InvalidAction",
            Self::InvalidAuthorizationMessageException => "InvalidAuthorizationMessageException",
            Self::InvalidClientTokenId => "InvalidClientTokenId",
            Self::InvalidContextAssertion => "InvalidContextAssertion",
            Self::InvalidIdentityToken => "InvalidIdentityToken",
            Self::InvalidParameterValue => "InvalidParameterValue",
            Self::InvalidSubjectCredentials => "InvalidSubjectCredentials",
            Self::JwtPayloadSizeExceededException => "JWTPayloadSizeExceededException",
            Self::MalformedInput => "MalformedInput",
            Self::MalformedPolicyDocument => "MalformedPolicyDocument",
            Self::MalformedQueryString => "MalformedQueryString",
            Self::MissingAuthenticationToken => "MissingAuthenticationToken",
            Self::OutboundWebIdentityFederationDisabledException => {
                "OutboundWebIdentityFederationDisabledException"
            }
            Self::PackedPolicyTooLarge => "PackedPolicyTooLarge",
            Self::RegionDisabledException => "RegionDisabledException",
            Self::ServiceUnavailable => "ServiceUnavailable",
            Self::SessionDurationEscalationException => "SessionDurationEscalationException",
            Self::SignatureDoesNotMatch => "SignatureDoesNotMatch",
            Self::Throttling => "Throttling",
            Self::ValidationError => "ValidationError",
        }
    }

    /// The HTTP status that answers carry with this code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::AccessDenied
            | Self::ExpiredToken
            | Self::IdpRejectedClaim
            | Self::InvalidClientTokenId
            | Self::MissingAuthenticationToken
            | Self::OutboundWebIdentityFederationDisabledException
            | Self::RegionDisabledException
            | Self::SessionDurationEscalationException
            | Self::SignatureDoesNotMatch => 403,
            Self::MalformedQueryString => 404,
            Self::InternalFailure => 500,
            Self::ServiceUnavailable => 503,
            Self::ExpiredTokenException
            | Self::ExpiredTradeInTokenException
            | Self::IdpCommunicationError
            | Self::IncompleteSignature
            | Self::InsufficientSessionLifetime
            | Self::InvalidAction
            | Self::InvalidAuthorizationMessageException
            | Self::InvalidContextAssertion
            | Self::InvalidIdentityToken
            | Self::InvalidParameterValue
            | Self::InvalidSubjectCredentials
            | Self::JwtPayloadSizeExceededException
            | Self::MalformedInput
            | Self::MalformedPolicyDocument
            | Self::PackedPolicyTooLarge
            | Self::Throttling
            | Self::ValidationError => 400,
        }
    }

    /// Whose fault it is: `Sender` or `Receiver`.
    #[must_use]
    pub fn fault(self) -> &'static str {
        if self.status() < 500 { "Sender" } else { "Receiver" }
    }

    /// The XML namespace of the error document.
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            // Dispatch happens in a layer in front of STS, which has a namespace of its own; yes, "15-09".
            Self::InvalidAction => "http://webservices.amazon.com/AWSFault/2005-15-09",
            _ => super::xml::NAMESPACE,
        }
    }
}

impl AsRef<str> for ErrorCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
