/// What went wrong, one kind per thing that somebody can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the caller's is wrong or missing.
    InvalidConfiguration,
    /// The ARN of the role is not one.
    InvalidRoleArn,
    /// STS found a parameter of the request invalid.
    InvalidParameter,
    /// The duration is outside of what STS, the role or role chaining allows.
    DurationNotAllowed,
    /// The session policy is not valid.
    MalformedPolicy,
    /// Session policies and tags are too large together.
    PolicyTooLarge,

    /// STS denied the call: trust policy, external id, or permissions. STS tells
    /// these apart to nobody.
    AccessDenied,
    /// STS wants an MFA code and got an incomplete answer or none.
    MfaRequired,
    /// STS did not accept the MFA device or its code.
    MfaCodeRejected,
    /// No MFA code could be had from its source.
    MfaCodeUnavailable,

    /// There is no identity token where it should be.
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
    /// The identity token is not of the form of a JWT, or of a SAML response.
    IdentityTokenMalformed,
    /// The identity token has expired.
    IdentityTokenExpired,
    /// The identity token is meant for another audience.
    AudienceMismatch,
    /// The account knows no identity provider of that issuer.
    IdentityProviderNotFound,
    /// The identity provider or STS rejected the token.
    IdentityRejected,
    /// STS could not reach the identity provider or use its keys.
    IdentityProviderUnreachable,

    /// The credentials that sign the call have expired.
    SourceCredentialsExpired,
    /// AWS does not know the credentials that sign the call.
    SourceCredentialsRejected,
    /// The signature does not match: the secret key is not the right one.
    SignatureMismatch,
    /// The local clock is too far from AWS's for the signature to be accepted.
    ClockSkew,
    /// STS is not activated in the region for this account.
    RegionDisabled,

    /// STS throttled the call.
    Throttled,
    /// STS answered that it is unavailable or failed.
    ServiceUnavailable,
    /// The connection to STS could not be made or broke.
    ConnectionFailed,
    /// No answer in time.
    TimedOut,
    /// STS answered something that cannot be used.
    MalformedResponse,

    /// The source has no credentials.
    NoCredentials,
    /// The source yielded credentials that had already expired.
    ExpiredOnArrival,
    /// A defect: a provider panicked or an invariant is broken.
    Bug,
    /// Something that no other kind covers.
    Other,
}

/// Who can do something about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// Whoever wrote or configured the calling program.
    Caller,
    /// Whoever administers the role, its account or the identity provider.
    Administrator,
    /// The person who enters the MFA code.
    Person,
    /// Nobody: it passes with time.
    Nobody,
    /// Whoever maintains the code that failed.
    Maintainer,
}

impl ErrorKind {
    /// Every kind, in the order in which they are listed above.
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
        Self::Bug,
        Self::Other,
    ];

    /// Whether asking again later, with nothing changed by anybody, may help.
    ///
    /// A cache serves what it has through recoverable failures.
    #[must_use]
    pub fn is_recoverable(self) -> bool {
        self.entry().1
    }

    /// Who can do something about it.
    #[must_use]
    pub fn actor(self) -> Actor {
        self.entry().0
    }

    /// What to try, in a few words.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.entry().2
    }

    /// The one table: who must act, whether trying again helps, what to try.
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
                "ask for 15 minutes up to the role's maximum session duration, or 1 hour at most when chaining roles",
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
                "check that the caller may make this call, and for a role that it exists and that its trust policy admits the caller with this external id, MFA and tags",
            ),
            Self::MfaRequired => {
                (Caller, false, "set both the MFA serial and a source of MFA codes")
            }
            Self::MfaCodeRejected => (
                Person,
                false,
                "enter the code that the device shows now: a code works once, and the serial must be of the caller's own device",
            ),
            Self::MfaCodeUnavailable => (Person, false, "check the source of MFA codes"),

            Self::IdentityTokenMissing => (
                Caller,
                false,
                "check the path or variable of the identity token and that its issuer writes it",
            ),
            Self::IdentityTokenUnreadable => {
                (Caller, true, "check the permissions or the endpoint of the identity token")
            }
            Self::IdentityTokenEmpty => {
                (Caller, true, "check that the issuer of the identity token writes it")
            }
            Self::IdentityTokenNotUtf8 => {
                (Caller, false, "point to a file that holds a JWT as text")
            }
            Self::IdentityTokenTooLarge => (
                Caller,
                false,
                "present the token and nothing else, or have its issuer write fewer claims into it",
            ),
            Self::IdentityTokenMalformed => (
                Caller,
                false,
                "present an ID token (a JWT of three parts), not an access token, or a SAML response in base64",
            ),
            Self::IdentityTokenExpired => (
                Nobody,
                true,
                "wait for the next token, or check that its issuer still rotates it and that the clocks agree",
            ),
            Self::AudienceMismatch => (
                Administrator,
                false,
                "request the token for an audience that the identity provider in IAM lists, usually sts.amazonaws.com, or for SAML urn:amazon:webservices",
            ),
            Self::IdentityProviderNotFound => (
                Administrator,
                false,
                "create an OIDC or SAML provider for this issuer in the account of the role",
            ),
            Self::IdentityRejected => (
                Administrator,
                false,
                "check the token's claims and signature against its identity provider",
            ),
            Self::IdentityProviderUnreachable => (
                Nobody,
                true,
                "try again; if it lasts, check that the issuer's discovery document and keys are public",
            ),

            Self::SourceCredentialsExpired => {
                (Nobody, true, "renew the credentials that sign the call")
            }
            Self::SourceCredentialsRejected => (
                Caller,
                false,
                "check the access key that signs the call: it may be deleted, inactive or of another partition",
            ),
            Self::SignatureMismatch => {
                (Caller, false, "check the secret access key that signs the call")
            }
            Self::ClockSkew => {
                (Caller, true, "set this machine's clock: AWS accepts 15 minutes of difference")
            }
            Self::RegionDisabled => (
                Administrator,
                false,
                "activate STS for the region in IAM, or use the endpoint of another region",
            ),

            Self::Throttled => (
                Nobody,
                true,
                "try again later, and cache credentials rather than fetch them for each request",
            ),
            Self::ServiceUnavailable => (Nobody, true, "try again later"),
            Self::ConnectionFailed => {
                (Nobody, true, "check the network and the STS endpoint, and try again")
            }
            Self::TimedOut => (Nobody, true, "try again, or allow more time"),
            Self::MalformedResponse => {
                (Nobody, true, "check that the endpoint is STS and not something in between")
            }

            Self::NoCredentials => (Caller, true, "configure a source of credentials"),
            Self::ExpiredOnArrival => {
                (Nobody, true, "check the source, and that its clock and this one agree")
            }
            Self::Bug => (Maintainer, true, "report it with this message"),
            Self::Other => {
                (Nobody, true, "see the message, and the cause below it if there is one")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
