use std::fmt;

use crate::policy::{PolicyError, UnknownPrincipal};

/// A world that cannot be: where it is wrong, and what is.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldError {
    place: String,
    problem: WorldProblem,
}

/// What is wrong with a world.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldProblem {
    /// An account id that is none.
    #[error("`{0}` is no account id; write its 12 digits, such as 111122223333")]
    AccountId(String),
    /// A partition that AWS does not have.
    #[error(
        "`{0}` is no partition; use aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc"
    )]
    Partition(String),
    /// Two things under one name, where IAM has room for one.
    #[error("there is another {kind} `{name}`; give one of them another name, or remove it")]
    Duplicate {
        /// The kind of thing.
        kind: &'static str,
        /// The name they share.
        name: String,
    },
    /// A name with characters that IAM does not take, or of the wrong length.
    #[error("`{name}` is no {kind} name; use 1 to {max} letters, digits and +=,.@_-")]
    Name {
        /// The kind of thing.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The greatest length.
        max: usize,
    },
    /// A path that is none.
    #[error("`{0}` is no path; begin and end it with a slash, such as /ci/")]
    Path(String),
    /// An id that is none.
    #[error(
        "`{id}` is no stable id of this kind; write {prefix} and 17 characters of A-Z and 2-7, or leave it out"
    )]
    StableId {
        /// The id given.
        id: String,
        /// What such ids begin with.
        prefix: &'static str,
    },
    /// An access key id that is none, or that would be taken for a temporary one.
    #[error(
        "`{0}` is no id of a long-term access key; use 16 to 128 letters, digits and _, not beginning with ASIA"
    )]
    AccessKeyId(String),
    /// An empty secret access key.
    #[error("the secret of access key `{0}` is empty; give it one, usually of 40 characters")]
    EmptySecret(String),
    /// A seed that is not base32.
    #[error("the seed of MFA device `{0}` is not base32; use A-Z and 2-7, usually 64 of them")]
    Seed(String),
    /// A serial number that is none.
    #[error(
        "`{0}` is no serial number of an MFA device; use mfa/NAME, an ARN, or 9 to 256 letters, digits and +=/:,.@-"
    )]
    Serial(String),
    /// A limit on sessions that IAM does not take.
    #[error("a max_session_duration of {0} seconds; use 3600 to 43200")]
    MaxSessionDuration(u64),
    /// A role without trust policy.
    #[error("the role has no trust policy; say who may assume it with trust_policy")]
    NoTrustPolicy,
    /// A policy that cannot be read, or that does not fit its place.
    #[error("policy `{name}`: {error}")]
    Policy {
        /// Its name; `trust_policy` for trust policies.
        name: String,
        /// What is wrong with it.
        error: PolicyError,
    },
    /// A trust policy that names somebody who does not exist.
    #[error("trust policy: {0}; add that user or role, or name its account instead")]
    UnknownPrincipal(UnknownPrincipal),
    /// A managed policy that does not exist.
    #[error(
        "there is no managed policy `{0}`; add it to managed_policies of the account, or to aws_managed_policies"
    )]
    UnknownManagedPolicy(String),
    /// An issuer URL that is none.
    #[error(
        "`{0}` is no issuer URL; use https://, a host without port, and perhaps a path, without a query"
    )]
    IssuerUrl(String),
    /// More audiences than IAM takes.
    #[error("{0} client ids; a provider has at most 100")]
    TooManyClientIds(usize),
    /// More thumbprints than IAM takes.
    #[error("{0} thumbprints; a provider has at most 5")]
    TooManyThumbprints(usize),
    /// A thumbprint that is none.
    #[error("`{0}` is no thumbprint; use 40 hexadecimal digits")]
    Thumbprint(String),
    /// A key that IAM does not take in a context provider, or too many of them.
    #[error(
        "context_provider: {0} cannot be; a key has 1 to 128 letters, digits, single blanks inside and _.:/=+-@#, and there are at most 10 key_definitions"
    )]
    ContextProvider(String),
    /// A place that is not in the account's organization.
    #[error(
        "organization_path: `{0}` is no place in the account's organization; write it as o-a1b2c3d4e5/r-ab12/, with the id in `organization`"
    )]
    OrganizationPath(String),
    /// Resource control policies of an account without an organization.
    #[error("resource_control_policies: the account has no organization; set `organization`")]
    NoOrganization,
    /// A key set that cannot be read.
    #[error("the key set cannot be read: {0}")]
    KeySet(String),
    /// A metadata document that cannot be read.
    #[error("the metadata document cannot be read: {0}")]
    Metadata(String),
    /// A SAML provider, in a build that cannot read assertions.
    #[error("this build has no SAML; build it with the feature saml")]
    NoSaml,
    /// A tag that IAM does not take.
    #[error(
        "the tag `{0}` is not possible; keys have 1 to 128 characters and do not begin with aws:, values have at most 256"
    )]
    Tag(String),
}

impl WorldError {
    pub(super) fn new(place: impl Into<String>, problem: WorldProblem) -> Self {
        Self { place: place.into(), problem }
    }

    /// Where: such as `account 111122223333, role deploy`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What.
    #[must_use]
    pub fn problem(&self) -> &WorldProblem {
        &self.problem
    }
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for WorldError {}
