//! Where STS is undocumented or disputed, and what this fake does there.

use serde::{Deserialize, Serialize};

pub use crate::auth::{SignatureWindow, UnsignedPayload};
pub use crate::wire::ClauseOrder;

/// What the fake does where the real service is undocumented, disputed, or changed over the years.
///
/// The defaults are the best evidence there is; each switch says what that evidence is. In a world file they are the table `switches`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Switches {
    /// For which regions signatures count.
    pub regions: Regions,
    /// How much an `AccessDenied` message tells.
    pub access_denied: AccessDeniedStyle,
    /// Which clause comes first when a value breaks its pattern and its length.
    pub clause_order: ClauseOrder,
    /// How the message about an invalid token ends.
    pub invalid_token_message: InvalidTokenMessage,
    /// What an unreadable `Authorization` header is quoted as.
    pub authorization_echo: AuthorizationEcho,
    /// A session token that comes along with long-term keys.
    pub stray_token: StrayToken,
    /// Whether a signature may leave the body out.
    pub unsigned_payload: UnsignedPayload,
    /// How far the date of a signature may be from now.
    pub signature_window: SignatureWindow,
    /// How long a source identity may be.
    pub source_identity: SourceIdentityLimit,
    /// How many MFA codes around the current one count.
    pub mfa_window: MfaWindow,
    /// What using an MFA code uses up.
    pub mfa_replay: MfaReplay,
    /// Whether answers tell the size of the session token.
    pub session_token_size: SessionTokenSize,
    /// Where the packed size of session policies and tags comes from.
    pub packed_policy: PackedPolicy,
    /// How exact the times of identity tokens are taken.
    pub web_identity_leeway: Leeway,
    /// How old an identity token may be.
    pub web_identity_age: TokenAge,
    /// An identity token for several audiences that names no authorized party.
    pub several_audiences: SeveralAudiences,
    /// Which claims of identity tokens become condition keys.
    pub claim_keys: ClaimKeys,
    /// What an issuer whose keys cannot be had leads to.
    pub unreachable_issuer: UnreachableIssuer,
}

/// For which regions signatures count.
///
/// The real endpoints each take one region; `localhost` has none to compare with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Regions {
    /// The region of an STS host name such as `sts.eu-west-1.amazonaws.com`; any region under other names.
    #[default]
    FromHost,
    /// Any region, under every name.
    Any,
    /// This region only.
    Only(String),
}

/// How much an `AccessDenied` message tells.
///
/// Live answers of 2026 name the policy that is missing where an action knows no resources, and do not where it does, as `AssumeRole`. Public
/// error reports show the longer form there as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AccessDeniedStyle {
    /// As the live service was seen to answer.
    #[default]
    AsObserved,
    /// Who, what and on which resource; nothing else.
    Bare,
    /// And always which type of policy denied, or did not allow.
    Context,
}

/// How the message about an invalid token ends.
///
/// Answers of 2026 end with a full stop everywhere; logs of 2022 show none for a bad session token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InvalidTokenMessage {
    /// `The security token included in the request is invalid.`
    #[default]
    WithFullStop,
    /// The same without the last character, where a session token is at fault.
    Older,
}

/// What an unreadable `Authorization` header is quoted as.
///
/// Newer front ends of AWS print a hash of it; whether that of STS does is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuthorizationEcho {
    /// The value of the header.
    #[default]
    Verbatim,
    /// The base64 of its SHA-256 hash.
    Hashed,
}

/// A session token that comes along with long-term keys.
///
/// Not observed on STS; refusing is what other services do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StrayToken {
    /// `InvalidClientTokenId`, after the signature.
    #[default]
    Refuse,
    /// It is not looked at.
    Ignore,
}

/// How long a source identity may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceIdentityLimit {
    /// 256 characters, as the live service accepted in July 2026.
    #[default]
    Live,
    /// 64 characters, as the published model has it.
    Model,
}

impl SourceIdentityLimit {
    pub(crate) fn characters(self) -> usize {
        match self {
            Self::Live => 256,
            Self::Model => 64,
        }
    }
}

/// How many steps of 30 seconds an MFA code may be early or late.
///
/// Not documented. RFC 6238, section 5.2, recommends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct MfaWindow(pub u16);

impl Default for MfaWindow {
    fn default() -> Self {
        Self(1)
    }
}

/// What using an MFA code uses up.
///
/// That a code serves once is certain; whether it takes earlier ones along is not documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MfaReplay {
    /// That code of that device.
    #[default]
    Code,
    /// That code and all earlier ones of that device.
    CodeAndEarlier,
}

/// Whether answers tell the size of the session token.
///
/// Announced for June 2026; answers of July 2026 did not have the members yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SessionTokenSize {
    /// They do not.
    #[default]
    Absent,
    /// `SessionTokenSize` and `SessionTokenUtilization` are in each answer with credentials.
    Present,
}

/// Where the packed size of session policies and tags comes from.
///
/// The real packing is not public, so its numbers cannot be told in advance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PackedPolicy {
    /// From the size of the session token, of which 4096 bytes are 100 percent.
    #[default]
    Computed,
    /// This percentage for each request with policies or tags; more than 100 is refused with `PackedPolicyTooLarge`.
    Percent(u32),
}

/// By how many seconds the times of identity tokens may be off.
///
/// Not documented; the default is none. Other verifiers take 60.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct Leeway(pub u32);

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
/// The documentation asks for `azp` then; no answer of the service has been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SeveralAudiences {
    /// `Incorrect token audience`.
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
