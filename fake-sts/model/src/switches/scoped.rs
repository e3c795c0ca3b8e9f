use serde::{Deserialize, Serialize};

/// Whether there is an operation `GetScopedCredentials`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedCredentials {
    /// There is, as in the model of November 2026.
    #[default]
    Known,
    /// `InvalidAction`, as before.
    Unknown,
}

/// How the global endpoint refuses `GetScopedCredentials`, which it does not have.
///
/// Both messages were recorded in September 2026, each for another operation that only regional endpoints have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedGlobalEndpoint {
    /// `Operation not supported on STS global endpoint`, as for `GetWebIdentityToken`.
    #[default]
    NotSupported,
    /// `Unknown Operation`, as for `AssumeRoot`.
    UnknownOperation,
}

/// The error code for `GetScopedCredentials` with long-term keys.
///
/// That they are refused is documented; the code is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedLongTermKeys {
    /// `AccessDenied`, as for session credentials where only long-term keys may call.
    #[default]
    AccessDenied,
    /// `InvalidSubjectCredentials`, an error of the published model.
    InvalidSubjectCredentials,
}

/// The resource on which `sts:GetScopedCredentials` is authorized. Not documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedResource {
    /// `arn:aws:sts::111122223333:self`, as for `GetWebIdentityToken`.
    #[default]
    #[serde(rename = "self")]
    Itself,
    /// None, so that policies have to name `*`.
    None,
}

/// The error code for a fourth scope-down policy.
///
/// That it "is denied" is documented; the code is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedPolicyLimit {
    /// `AccessDenied`.
    #[default]
    AccessDenied,
    /// `ValidationError`.
    ValidationError,
}

/// When a scoped session counts as issued (`aws:TokenIssueTime`).
///
/// Not documented. With a new time, a revoked session could make credentials that are not revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedIssueTime {
    /// When the session that called was issued.
    #[default]
    OfCaller,
    /// At the call.
    Now,
}

/// Whether scope-down policies bind a session that a resource policy names by its session ARN.
///
/// Session policies do not. Of scope-down policies, the documentation says that permissions are the intersection, without an exception.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScopedSessionArn {
    /// They do.
    #[default]
    Binds,
    /// They do not.
    Exempt,
}
