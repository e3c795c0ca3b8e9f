use stscreds_core::{Error, ErrorKind};

/// An error response of STS.
///
/// A client makes one from the error code on the wire and turns it into an [`Error`]
/// whose kind is the same for every client.
///
/// ```
/// use stscreds_core::ErrorKind;
/// use stscreds_provider::StsFault;
///
/// let mut fault = StsFault::new("Throttling");
/// fault.message = Some("Rate exceeded".into());
///
/// assert_eq!(fault.into_error("AssumeRole").kind(), ErrorKind::Throttled);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StsFault {
    /// The error code, such as `AccessDenied`.
    pub code: String,
    /// The message, such as `Rate exceeded`.
    pub message: Option<String>,
    /// The request id, such as `c6104cbe-af31-11e0-8154-cbc7ccf896c7`.
    pub request_id: Option<String>,
    /// The HTTP status of the response.
    pub http_status: Option<u16>,
}

impl StsFault {
    /// A fault of this error code.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), message: None, request_id: None, http_status: None }
    }

    /// What the fault means.
    ///
    /// By the code; where STS uses one code for things that different people must fix,
    /// by the beginning of its message too. An unknown message falls back to the code.
    /// An unknown code that ends with `Exception` falls back to the code without it:
    /// emulators of STS may send the name of an error for its code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind_by(&self.code)
    }

    fn kind_by(&self, code: &str) -> ErrorKind {
        let message = self.message.as_deref().unwrap_or_default();
        match code {
            "AccessDenied" => denied(message),
            "ValidationError" => invalid(message),
            "InvalidParameterValue"
            | "MalformedInput"
            | "InvalidAction"
            | "MissingParameter"
            | "MissingAction"
            | "InvalidParameterCombination"
            | "MalformedQueryString"
            | "InvalidQueryParameter"
            | "JWTPayloadSizeExceeded" => ErrorKind::InvalidParameter,
            "MalformedPolicyDocument" => ErrorKind::MalformedPolicy,
            "PackedPolicyTooLarge" => ErrorKind::PolicyTooLarge,

            "InvalidIdentityToken" => unidentified(message),
            "ExpiredTokenException" => ErrorKind::IdentityTokenExpired,
            "IDPRejectedClaim" | "InvalidContextAssertion" => ErrorKind::IdentityRejected,
            "IDPCommunicationError" => ErrorKind::IdentityProviderUnreachable,

            "ExpiredToken" => ErrorKind::SourceCredentialsExpired,
            "InvalidClientTokenId"
            | "UnrecognizedClient"
            | "InvalidToken"
            | "MissingAuthenticationToken"
            | "OptInRequired"
            | "InvalidSubjectCredentials" => ErrorKind::SourceCredentialsRejected,
            "InsufficientSessionLifetime" | "SessionDurationEscalation" => {
                ErrorKind::DurationNotAllowed
            }
            "OutboundWebIdentityFederationDisabled" => ErrorKind::AccessDenied,
            "SignatureDoesNotMatch" | "IncompleteSignature" => missigned(message),
            "RequestExpired" | "RequestTimeTooSkewed" => ErrorKind::ClockSkew,
            "RegionDisabled" => ErrorKind::RegionDisabled,

            "Throttling"
            | "Throttled"
            | "RequestThrottled"
            | "RequestLimitExceeded"
            | "TooManyRequests"
            | "SlowDown"
            | "LimitExceeded" => ErrorKind::Throttled,
            "RequestTimeout" => ErrorKind::TimedOut,
            "ServiceUnavailable" | "InternalFailure" | "InternalError" => {
                ErrorKind::ServiceUnavailable
            }
            _ => match (code.strip_suffix("Exception"), self.http_status) {
                (Some(code), _) => self.kind_by(code),
                (None, Some(429)) => ErrorKind::Throttled,
                (None, Some(500..)) => ErrorKind::ServiceUnavailable,
                (None, _) => ErrorKind::Other,
            },
        }
    }

    /// The error of a call of this operation that ended with the fault.
    ///
    /// It says that STS refused the operation only if STS did: an outage and throttling
    /// are no refusals.
    #[must_use]
    pub fn into_error(self, operation: &str) -> Error {
        let kind = self.kind();
        let status = self.http_status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
        let what = match kind {
            ErrorKind::ServiceUnavailable => {
                format!("{operation} failed: STS is unavailable{status}")
            }
            ErrorKind::Throttled => format!("{operation} was throttled{status}"),
            ErrorKind::TimedOut => format!("{operation} timed out at STS{status}"),
            ErrorKind::IdentityProviderUnreachable => {
                format!("{operation} failed: STS cannot reach the identity provider")
            }
            _ => format!("STS refused {operation}"),
        };
        Error::new(kind, what).with_sts_answer(self.code, self.message, self.request_id)
    }
}

/// The error with each of these secrets of the request redacted.
pub(crate) fn without_secrets<'a>(
    error: Error,
    secrets: impl IntoIterator<Item = &'a str>,
) -> Error {
    secrets.into_iter().fold(error, without_secret)
}

/// The error with a secret of the request redacted in the response of STS: some of its
/// messages repeat the parameter that they refuse.
pub(crate) fn without_secret(error: Error, secret: &str) -> Error {
    let (Some(code), Some(message)) = (error.sts_code(), error.sts_message()) else {
        return error;
    };
    if secret.is_empty() || !message.contains(secret) {
        return error;
    }
    let redacted = message.replace(secret, "**redacted**");
    let (code, request_id) = (code.to_owned(), error.request_id().map(str::to_owned));
    error.with_sts_answer(code, Some(redacted), request_id)
}

fn denied(message: &str) -> ErrorKind {
    if message.starts_with("MultiFactorAuthentication failed, must provide both") {
        ErrorKind::MfaRequired
    } else if message.starts_with("MultiFactorAuthentication failed") {
        ErrorKind::MfaCodeRejected
    } else {
        // A missing MFA, a wrong external id and a trust policy that denies look alike from here.
        ErrorKind::AccessDenied
    }
}

fn invalid(message: &str) -> ErrorKind {
    if message.contains("'durationSeconds'") || message.contains("requested DurationSeconds") {
        ErrorKind::DurationNotAllowed
    } else if message.contains("'roleArn'")
        || (message.starts_with("arn:") && message.ends_with(" is invalid"))
    {
        ErrorKind::InvalidRoleArn
    } else {
        ErrorKind::InvalidParameter
    }
}

fn unidentified(message: &str) -> ErrorKind {
    if message.starts_with("Couldn't retrieve verification key") {
        ErrorKind::IdentityProviderUnreachable
    } else if message.starts_with("No OpenIDConnect provider")
        || message.starts_with("Specified provider doesn't exist")
    {
        ErrorKind::IdentityProviderNotFound
    } else if message.starts_with("Incorrect token audience")
        || message.starts_with("The web identity token provided could not be validated")
        || message.starts_with("Token audience contains more than one audience")
        || message.starts_with("Response does not contain the required audience")
    {
        ErrorKind::AudienceMismatch
    } else if message.starts_with("The ID Token provided is not a valid JWT")
        || message.starts_with("Invalid base64 SAMLResponse")
    {
        ErrorKind::IdentityTokenMalformed
    } else {
        ErrorKind::IdentityRejected
    }
}

fn missigned(message: &str) -> ErrorKind {
    if message.starts_with("Signature expired") || message.starts_with("Signature not yet current")
    {
        ErrorKind::ClockSkew
    } else {
        ErrorKind::SignatureMismatch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, message: &str, kind: ErrorKind) {
        let fault = StsFault { message: Some(message.into()), ..StsFault::new(code) };
        assert_eq!(fault.kind(), kind, "{code}: {message}");
    }

    #[test]
    fn each_answer_of_sts_has_its_kind() {
        use ErrorKind as K;
        check(
            "AccessDenied",
            "User: u is not authorized to perform: sts:AssumeRole",
            K::AccessDenied,
        );
        check(
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            K::AccessDenied,
        );
        check(
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code.",
            K::MfaCodeRejected,
        );
        check(
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify ..",
            K::MfaCodeRejected,
        );
        check(
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            K::MfaRequired,
        );
        check(
            "ValidationError",
            "1 validation error detected: Value '1' at 'durationSeconds' failed to satisfy constraint: ..",
            K::DurationNotAllowed,
        );
        check(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            K::DurationNotAllowed,
        );
        check(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            K::DurationNotAllowed,
        );
        check(
            "ValidationError",
            "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: ..",
            K::InvalidRoleArn,
        );
        check("ValidationError", "arn:a:::x/y is invalid", K::InvalidRoleArn);
        check(
            "ValidationError",
            "1 validation error detected: Value 'x' at 'externalId' failed ..",
            K::InvalidParameter,
        );
        check("MalformedPolicyDocument", "Syntax errors in policy.", K::MalformedPolicy);
        check(
            "PackedPolicyTooLarge",
            "Packed policy consumes 119% of allotted space, ..",
            K::PolicyTooLarge,
        );
        check("InvalidIdentityToken", "Incorrect token audience", K::AudienceMismatch);
        check(
            "InvalidIdentityToken",
            "The web identity token provided could not be validated. See ..",
            K::AudienceMismatch,
        );
        check(
            "InvalidIdentityToken",
            "Token audience contains more than one audience while authorized party is not present",
            K::AudienceMismatch,
        );
        check(
            "InvalidIdentityToken",
            "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
            K::IdentityRejected,
        );
        check("InsufficientSessionLifetime", "", K::DurationNotAllowed);
        check("InvalidSubjectCredentials", "", K::SourceCredentialsRejected);
        check("InvalidContextAssertion", "", K::IdentityRejected);
        check("OutboundWebIdentityFederationDisabledException", "", K::AccessDenied);
        check("SessionDurationEscalationException", "", K::DurationNotAllowed);
        check("JWTPayloadSizeExceededException", "", K::InvalidParameter);
        check(
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://i/",
            K::IdentityProviderNotFound,
        );
        check(
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider,  please ..",
            K::IdentityProviderUnreachable,
        );
        check(
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may ..)",
            K::IdentityTokenMalformed,
        );
        check(
            "InvalidIdentityToken",
            "Invalid base64 SAMLResponse (Service: AWSSecurityTokenService; ..)",
            K::IdentityTokenMalformed,
        );
        check(
            "InvalidIdentityToken",
            "Response does not contain the required audience.",
            K::AudienceMismatch,
        );
        check(
            "InvalidIdentityToken",
            "Specified provider doesn't exist (Service: ..)",
            K::IdentityProviderNotFound,
        );
        check("InvalidIdentityToken", "Response signature invalid", K::IdentityRejected);
        check(
            "ExpiredTokenException",
            "Token must be redeemed within 5 minutes of issuance",
            K::IdentityTokenExpired,
        );
        check("InvalidIdentityToken", "Token signature invalid", K::IdentityRejected);
        check("InvalidIdentityToken", "Missing a required claim: aud", K::IdentityRejected);
        check(
            "ExpiredTokenException",
            "Token expired: current date/time 2 must be before ..",
            K::IdentityTokenExpired,
        );
        check("IDPCommunicationError", "", K::IdentityProviderUnreachable);
        check("IDPRejectedClaim", "", K::IdentityRejected);
        check(
            "ExpiredToken",
            "The security token included in the request is expired",
            K::SourceCredentialsExpired,
        );
        check(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            K::SourceCredentialsRejected,
        );
        check(
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
            K::SourceCredentialsRejected,
        );
        check(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match ..",
            K::SignatureMismatch,
        );
        check(
            "SignatureDoesNotMatch",
            "Signature expired: 20220127T001427Z is now earlier than ..",
            K::ClockSkew,
        );
        check("SignatureDoesNotMatch", "Signature not yet current: ..", K::ClockSkew);
        check(
            "RegionDisabledException",
            "STS is not activated in this region for account:1.",
            K::RegionDisabled,
        );
        check("NeverHeardOf", "", K::Other);
    }

    #[test]
    fn each_code_that_needs_no_message_has_its_kind() {
        use ErrorKind as K;
        let codes: [(K, &[&str]); 6] = [
            (
                K::InvalidParameter,
                &[
                    "InvalidParameterValue",
                    "MalformedInput",
                    "InvalidAction",
                    "MissingParameter",
                    "MissingAction",
                    "InvalidParameterCombination",
                    "MalformedQueryString",
                    "InvalidQueryParameter",
                ],
            ),
            (
                K::SourceCredentialsRejected,
                &[
                    "InvalidClientTokenId",
                    "UnrecognizedClientException",
                    "InvalidToken",
                    "MissingAuthenticationToken",
                    "OptInRequired",
                ],
            ),
            (K::SignatureMismatch, &["SignatureDoesNotMatch", "IncompleteSignature"]),
            (K::ClockSkew, &["RequestExpired", "RequestTimeTooSkewed"]),
            (
                K::Throttled,
                &[
                    "Throttling",
                    "ThrottlingException",
                    "ThrottledException",
                    "RequestThrottled",
                    "RequestThrottledException",
                    "RequestLimitExceeded",
                    "TooManyRequestsException",
                    "SlowDown",
                    "LimitExceededException",
                ],
            ),
            (K::ServiceUnavailable, &["ServiceUnavailable", "InternalFailure", "InternalError"]),
        ];
        for (kind, codes) in codes {
            for code in codes {
                check(code, "", kind);
            }
        }
    }

    #[test]
    fn the_name_of_an_error_is_as_good_as_its_code() {
        use ErrorKind as K;
        for (name, kind) in [
            ("AccessDeniedException", K::AccessDenied),
            ("MalformedPolicyDocumentException", K::MalformedPolicy),
            ("PackedPolicyTooLargeException", K::PolicyTooLarge),
            ("InvalidIdentityTokenException", K::IdentityRejected),
            ("IDPRejectedClaimException", K::IdentityRejected),
            ("IDPCommunicationErrorException", K::IdentityProviderUnreachable),
            ("RegionDisabled", K::RegionDisabled),
            ("RequestTimeout", K::TimedOut),
            ("RequestTimeoutException", K::TimedOut),
            ("NeverHeardOfException", K::Other),
        ] {
            check(name, "", kind);
        }
        check("InvalidIdentityTokenException", "Incorrect token audience", K::AudienceMismatch);
        // Not one error by two names: the one is about an identity token, the other about keys.
        check("ExpiredTokenException", "", K::IdentityTokenExpired);
        check("ExpiredToken", "", K::SourceCredentialsExpired);
    }

    #[test]
    fn an_unknown_code_is_judged_by_its_status() {
        let of = |status| StsFault { http_status: Some(status), ..StsFault::new("Odd") }.kind();

        assert_eq!(of(503), ErrorKind::ServiceUnavailable);
        assert_eq!(of(429), ErrorKind::Throttled);
        assert_eq!(of(400), ErrorKind::Other);
        let named = StsFault { http_status: Some(503), ..StsFault::new("OddException") };
        assert_eq!(named.kind(), ErrorKind::ServiceUnavailable);
    }

    #[test]
    fn a_secret_that_sts_repeats_is_masked() {
        let fault = StsFault {
            message: Some("Value '735911' at 'tokenCode' failed".into()),
            request_id: Some("r-1".into()),
            ..StsFault::new("ValidationError")
        };

        let error = without_secret(fault.into_error("AssumeRole"), "735911");

        assert!(!format!("{error} {error:?}").contains("735911"));
        assert_eq!(error.sts_message(), Some("Value '**redacted**' at 'tokenCode' failed"));
        assert_eq!(error.request_id(), Some("r-1"));
    }

    #[test]
    fn the_error_carries_what_a_person_needs() {
        let fault = StsFault {
            message: Some("Rate exceeded".into()),
            request_id: Some("r-1".into()),
            ..StsFault::new("Throttling")
        };

        let error = fault.into_error("AssumeRole");

        assert!(error.is_recoverable());
        assert!(
            error.to_string().starts_with(
                "AssumeRole was throttled: Throttling: Rate exceeded (request id r-1); "
            ),
            "{error}"
        );
    }

    #[test]
    fn only_a_refusal_is_called_one() {
        let shown = |code: &str, status| {
            let fault = StsFault { http_status: Some(status), ..StsFault::new(code) };
            fault.into_error("AssumeRole").to_string()
        };

        for (code, status, expected) in [
            ("ServiceUnavailable", 503, "AssumeRole failed: STS is unavailable (HTTP 503): "),
            ("InternalFailure", 500, "AssumeRole failed: STS is unavailable (HTTP 500): "),
            ("Odd", 502, "AssumeRole failed: STS is unavailable (HTTP 502): "),
            ("Throttling", 400, "AssumeRole was throttled (HTTP 400): "),
            ("Odd", 429, "AssumeRole was throttled (HTTP 429): "),
            ("RequestTimeout", 408, "AssumeRole timed out at STS (HTTP 408): "),
            ("IDPCommunicationError", 400, "AssumeRole failed: STS cannot reach the identity "),
            ("AccessDenied", 403, "STS refused AssumeRole: "),
            ("ExpiredToken", 403, "STS refused AssumeRole: "),
            ("ValidationError", 400, "STS refused AssumeRole: "),
            ("Odd", 400, "STS refused AssumeRole: "),
        ] {
            let shown = shown(code, status);
            assert!(shown.starts_with(expected), "{shown}");
        }
    }
}
