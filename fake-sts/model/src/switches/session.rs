use serde::{Deserialize, Serialize};

/// How long a source identity may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceIdentityLimit {
    /// 256 characters, as the service accepted in July 2026, and as the model of November 2026 has it.
    #[default]
    Live,
    /// 64 characters, as the published model had it before.
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

/// Whether context assertions are checked.
///
/// AWS documents that it refuses those that are malformed, have expired, or are another provider's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ContextAssertions {
    /// They are: only those that the fake made itself are good.
    #[default]
    Checked,
    /// Any text will do, and says nothing: for tests that invent their assertions.
    Ignored,
}

/// How many steps of 30 seconds an MFA code may be early or late.
///
/// Two were recorded in September 2026: codes of two steps either way are good, those of three are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct MfaWindow(pub u16);

impl Default for MfaWindow {
    fn default() -> Self {
        Self(2)
    }
}

/// What using an MFA code uses up.
///
/// A code serves once. Recorded in September 2026: an earlier code that was not used stays good.
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

/// How many MFA codes of one device are checked in each three minutes.
///
/// Nine, as recorded in September 2026: good, wrong and repeated codes count, by windows of 180 seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct MfaBudget(pub u32);

impl Default for MfaBudget {
    fn default() -> Self {
        Self(9)
    }
}

/// How long a context assertion may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ContextAssertionLimit {
    /// 3072 characters, as in the model of November 2026.
    #[default]
    Model,
    /// 2048 characters, as before.
    Older,
}

impl ContextAssertionLimit {
    pub(crate) fn characters(self) -> usize {
        match self {
            Self::Model => 3072,
            Self::Older => 2048,
        }
    }
}

/// Which responses have `PackedPolicySize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PackedPolicySize {
    /// All that assume a role or federate a user: the utilization of the session token, rounded down, as in September 2026.
    #[default]
    Always,
    /// Those to requests with policies or tags, rounded up, as in July 2026.
    WhenPacked,
}

/// Whether responses have the size of the session token.
///
/// Responses of July 2026 did not have the members; those of 11 September 2026 did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SessionTokenSize {
    /// `SessionTokenSize` and `SessionTokenUtilization` are in each response with credentials.
    #[default]
    Present,
    /// They are not.
    Absent,
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
