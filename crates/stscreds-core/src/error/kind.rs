use std::fmt;

/// What went wrong: one kind for each remedy.
///
/// `Display` writes the variant's name, such as `AccessDenied`: a stable label for
/// metrics and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is wrong or missing.
    InvalidConfiguration,
    /// The role ARN is malformed.
    InvalidRoleArn,
    /// STS rejected a request parameter.
    InvalidParameter,
    /// The duration is outside the limits of STS, the role or role chaining.
    DurationNotAllowed,
    /// The session policy is invalid.
    MalformedPolicy,
    /// Session policies and tags together are too large.
    PolicyTooLarge,

    /// STS denied the call: trust policy, external id, or permissions. STS does not
    /// say which.
    AccessDenied,
    /// STS requires an MFA serial and code, and got at most one of them.
    MfaRequired,
    /// STS rejected the MFA device or its code.
    MfaCodeRejected,
    /// The source of MFA codes returned none.
    MfaCodeUnavailable,

    /// The identity token is missing.
    IdentityTokenMissing,
    /// The identity token could not be read or fetched.
    IdentityTokenUnreadable,
    /// The identity token is empty.
    IdentityTokenEmpty,
    /// The identity token is not UTF-8.
    IdentityTokenNotUtf8,
    /// The identity token is longer than STS accepts: 20,000 characters, or 100,000
    /// for SAML.
    IdentityTokenTooLarge,
    /// The identity token is neither a JWT nor a SAML response.
    IdentityTokenMalformed,
    /// The identity token has expired.
    IdentityTokenExpired,
    /// The identity token was issued for another audience.
    AudienceMismatch,
    /// The account has no identity provider for that issuer.
    IdentityProviderNotFound,
    /// The identity provider or STS rejected the token.
    IdentityRejected,
    /// STS could not reach the identity provider or use its keys.
    IdentityProviderUnreachable,

    /// The credentials that sign the call have expired.
    SourceCredentialsExpired,
    /// AWS does not know the credentials that sign the call.
    SourceCredentialsRejected,
    /// The signature does not match: the secret key is wrong.
    SignatureMismatch,
    /// The local clock is too far from AWS's for the signature to be accepted.
    ClockSkew,
    /// STS is not activated in the region for this account.
    RegionDisabled,

    /// STS throttled the call.
    Throttled,
    /// STS is unavailable or failed.
    ServiceUnavailable,
    /// The connection to STS failed or broke.
    ConnectionFailed,
    /// There was no response in time.
    TimedOut,
    /// The response is not a valid STS response.
    MalformedResponse,

    /// The source has no credentials.
    NoCredentials,
    /// The source returned credentials that had already expired.
    ExpiredOnArrival,
    /// A service rejected credentials a short time after they replaced rejected ones.
    RejectedByService,
    /// A defect: a provider panicked, or an invariant is broken.
    Bug,
    /// An error that no other kind covers.
    Other,
}

/// Who can fix an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// The author or operator of the calling program.
    Caller,
    /// The administrator of the role, its account or the identity provider.
    Administrator,
    /// The person who enters the MFA code.
    Person,
    /// Nobody: the error is transient.
    Nobody,
    /// The maintainer of the code that failed.
    Maintainer,
}

impl ErrorKind {
    /// Every kind, in declaration order.
    pub const ALL: &'static [Self] = &[
        Self::InvalidConfiguration,
        Self::InvalidRoleArn,
        Self::InvalidParameter,
        Self::DurationNotAllowed,
        Self::MalformedPolicy,
        Self::PolicyTooLarge,
        Self::AccessDenied,
        Self::MfaRequired,
        Self::MfaCodeRejected,
        Self::MfaCodeUnavailable,
        Self::IdentityTokenMissing,
        Self::IdentityTokenUnreadable,
        Self::IdentityTokenEmpty,
        Self::IdentityTokenNotUtf8,
        Self::IdentityTokenTooLarge,
        Self::IdentityTokenMalformed,
        Self::IdentityTokenExpired,
        Self::AudienceMismatch,
        Self::IdentityProviderNotFound,
        Self::IdentityRejected,
        Self::IdentityProviderUnreachable,
        Self::SourceCredentialsExpired,
        Self::SourceCredentialsRejected,
        Self::SignatureMismatch,
        Self::ClockSkew,
        Self::RegionDisabled,
        Self::Throttled,
        Self::ServiceUnavailable,
        Self::ConnectionFailed,
        Self::TimedOut,
        Self::MalformedResponse,
        Self::NoCredentials,
        Self::ExpiredOnArrival,
        Self::RejectedByService,
        Self::Bug,
        Self::Other,
    ];

    /// Whether a later attempt can succeed although nobody changed anything.
    ///
    /// A cache keeps serving its value through recoverable failures.
    #[must_use]
    pub fn is_recoverable(self) -> bool {
        self.entry().1
    }

    /// Who can fix it.
    #[must_use]
    pub fn actor(self) -> Actor {
        self.entry().0
    }

    /// What to try, in a few words.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.entry().2
    }

    /// The one table: who must act, whether a retry helps, what to try.
    fn entry(self) -> (Actor, bool, &'static str) {
        use Actor::{Administrator, Caller, Maintainer, Nobody, Person};
        match self {
            Self::InvalidConfiguration => (Caller, false, "correct the configuration"),
            Self::InvalidRoleArn => (
                Caller,
                false,
                "give the ARN of an IAM role, such as arn:aws:iam::111122223333:role/name",
            ),
            Self::InvalidParameter => (Caller, false, "correct the parameter that STS names"),
            Self::DurationNotAllowed => (
                Caller,
                false,
                "request between 15 minutes and the role's maximum session duration; with role chaining at most 1 hour",
            ),
            Self::MalformedPolicy => {
                (Caller, false, "correct the session policy: it must be a valid IAM policy in JSON")
            }
            Self::PolicyTooLarge => {
                (Caller, false, "shorten the session policies or pass fewer tags")
            }

            Self::AccessDenied => (
                Administrator,
                false,
                "check that the caller is allowed to make this call and, for a role, that it exists and its trust policy allows this caller, external ID, MFA and tags",
            ),
            Self::MfaRequired => {
                (Caller, false, "set both an MFA serial and a source of MFA codes")
            }
            Self::MfaCodeRejected => (
                Person,
                false,
                "enter the code that the device shows now: each code works once, and the serial must be that of the caller's own device",
            ),
            Self::MfaCodeUnavailable => (Person, false, "check the source of MFA codes"),

            Self::IdentityTokenMissing => (
                Caller,
                false,
                "check the path or variable of the identity token, and that its issuer writes it",
            ),
            Self::IdentityTokenUnreadable => {
                (Caller, true, "check the file permissions or the endpoint of the identity token")
            }
            Self::IdentityTokenEmpty => {
                (Caller, true, "check that the issuer of the identity token writes it")
            }
            Self::IdentityTokenNotUtf8 => {
                (Caller, false, "use a file that holds the token as text")
            }
            Self::IdentityTokenTooLarge => (
                Caller,
                false,
                "pass only the token, or configure its issuer to write fewer claims",
            ),
            Self::IdentityTokenMalformed => (
                Caller,
                false,
                "pass an ID token (a JWT with three parts, not an opaque access token) or a base64-encoded SAML response",
            ),
            Self::IdentityTokenExpired => (
                Nobody,
                true,
                "wait for the next token; if the error persists, check that the issuer still rotates it and that the clocks agree",
            ),
            Self::AudienceMismatch => (
                Administrator,
                false,
                "request a token whose audience the IAM identity provider lists: usually sts.amazonaws.com, for SAML urn:amazon:webservices",
            ),
            Self::IdentityProviderNotFound => (
                Administrator,
                false,
                "create an IAM OIDC or SAML provider for this issuer in the role's account",
            ),
            Self::IdentityRejected => (
                Administrator,
                false,
                "check the token's claims and signature against the identity provider",
            ),
            Self::IdentityProviderUnreachable => (
                Nobody,
                true,
                "retry; if the error persists, check that the issuer's discovery document and keys are publicly reachable",
            ),

            Self::SourceCredentialsExpired => {
                (Nobody, true, "renew the credentials that sign the call")
            }
            Self::SourceCredentialsRejected => (
                Caller,
                false,
                "check the access key that signs the call: it may be deleted, inactive, or belong to another partition",
            ),
            Self::SignatureMismatch => {
                (Caller, false, "check the secret access key that signs the call")
            }
            Self::ClockSkew => (
                Caller,
                true,
                "correct this machine's clock: AWS accepts a difference of at most 15 minutes",
            ),
            Self::RegionDisabled => (
                Administrator,
                false,
                "activate STS for the region in IAM, or use the endpoint of another region",
            ),

            Self::Throttled => (
                Nobody,
                true,
                "retry later, and cache credentials instead of fetching them for each request",
            ),
            Self::ServiceUnavailable => (Nobody, true, "retry later"),
            Self::ConnectionFailed => {
                (Nobody, true, "check the network and the STS endpoint, then retry")
            }
            Self::TimedOut => (Nobody, true, "retry, or raise the timeout"),
            Self::MalformedResponse => {
                (Nobody, true, "check that the endpoint is STS itself and not a proxy")
            }

            Self::NoCredentials => (Caller, true, "configure a source of credentials"),
            Self::ExpiredOnArrival => {
                (Nobody, true, "check the source, and that its clock agrees with this machine's")
            }
            Self::RejectedByService => (
                Caller,
                true,
                "check the service's region, its endpoint and the clocks: tokens of the global STS endpoint are not valid in opt-in regions",
            ),
            Self::Bug => (Maintainer, true, "report this message to the maintainers"),
            Self::Other => (Nobody, true, "see the message and the causes below it"),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_shown_by_its_name() {
        assert_eq!(ErrorKind::AccessDenied.to_string(), "AccessDenied");
        assert_eq!(format!("{:>14}", ErrorKind::Throttled), "     Throttled");
    }

    #[test]
    fn what_the_world_may_mend_by_itself_is_recoverable_and_the_rest_is_not() {
        for kind in [
            ErrorKind::Throttled,
            ErrorKind::ServiceUnavailable,
            ErrorKind::TimedOut,
            ErrorKind::ConnectionFailed,
            ErrorKind::IdentityProviderUnreachable,
            ErrorKind::SourceCredentialsExpired,
            ErrorKind::ExpiredOnArrival,
        ] {
            assert!(kind.is_recoverable(), "{kind:?}");
        }
        for kind in [
            ErrorKind::AccessDenied,
            ErrorKind::IdentityRejected,
            ErrorKind::IdentityProviderNotFound,
            ErrorKind::MfaCodeRejected,
            ErrorKind::MalformedPolicy,
            ErrorKind::PolicyTooLarge,
            ErrorKind::RegionDisabled,
            ErrorKind::InvalidConfiguration,
        ] {
            assert!(!kind.is_recoverable(), "{kind:?}");
        }
    }

    #[test]
    fn the_list_of_kinds_is_whole() {
        let listed: Vec<usize> = ErrorKind::ALL.iter().map(|kind| *kind as usize).collect();

        assert_eq!(listed, (0..=ErrorKind::Other as usize).collect::<Vec<_>>());
    }

    /// By way of a link in `tests`, which a package carries as a file.
    #[test]
    fn the_table_in_the_documents_says_of_each_kind_what_the_code_does() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/errors.md");
        let document = std::fs::read_to_string(path).unwrap();
        let rows: Vec<Vec<&str>> = document
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();

        let documented: Vec<String> =
            rows.iter().map(|row| [row[0], row[2], row[3], row[4]].join(" | ")).collect();

        let coded: Vec<String> = ErrorKind::ALL
            .iter()
            .map(|kind| {
                let recoverable = if kind.is_recoverable() { "yes" } else { "no" };
                let actor = format!("{:?}", kind.actor()).to_lowercase();
                format!("`{kind:?}` | {recoverable} | {actor} | {}", kind.remedy())
            })
            .collect();
        assert_eq!(documented, coded);
    }
}
