use serde::{Deserialize, Serialize};

/// By how many seconds the times of identity tokens may be off.
///
/// Five minutes were recorded in September 2026: tokens that expired 300 s ago or begin 300 s from now are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct Leeway(pub u32);

impl Default for Leeway {
    fn default() -> Self {
        Self(300)
    }
}

/// How many seconds may have passed since an identity token was issued.
///
/// A token of 441,398 seconds was refused as too old; the limit itself is not documented. The default is 5 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct TokenAge(pub u32);

impl Default for TokenAge {
    fn default() -> Self {
        Self(5 * 24 * 60 * 60)
    }
}

/// An identity token for several audiences that names no authorized party (`azp`).
///
/// Refused in recordings of September 2026, also when every audience is a client id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SeveralAudiences {
    /// `InvalidIdentityToken`, about the authorized party that is missing.
    #[default]
    Refuse,
    /// One of them has to be registered.
    AnyOfThem,
}

/// What an issuer whose keys cannot be had leads to.
///
/// The first was seen in raw answers, also in outages of STS itself; the second is documented, and clients retry it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UnreachableIssuer {
    /// `InvalidIdentityToken`, about a key that could not be retrieved.
    #[default]
    InvalidIdentityToken,
    /// `IDPCommunicationError`.
    IdpCommunicationError,
}

/// Which claims of identity tokens become condition keys.
///
/// The documentation lists a few for each provider, more since January 2026. The real service denies a condition on any other claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClaimKeys {
    /// Those that AWS documents for the provider.
    #[default]
    Documented,
    /// All with a plain value, or a list of them.
    All,
}

/// The message about an identity token for an audience that is no client id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AudienceMessage {
    /// `The web identity token provided could not be validated. ..`, as in September 2026.
    #[default]
    Current,
    /// `Incorrect token audience`, as in older logs.
    Older,
}

/// Whether the recipient and the audience of a SAML assertion are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SamlAudience {
    /// They are not: any recipient and any audience was accepted in September 2026.
    #[default]
    Ignored,
    /// `Response does not contain the required audience.`, as the documentation has it.
    Checked,
}

/// Whether `GetWebIdentityToken` knows `SubjectMode` and `Scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutboundSubjects {
    /// It does, as in the model of November 2026.
    #[default]
    Known,
    /// It ignores both, as every parameter that it does not know.
    Unknown,
}
