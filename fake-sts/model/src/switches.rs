//! Where STS is undocumented or disputed, and what this fake does there.

mod federation;
mod scoped;
mod session;

use serde::{Deserialize, Serialize};

pub use self::federation::{
    AudienceMessage, ClaimKeys, Leeway, OutboundSubjects, SamlAudience, SeveralAudiences, TokenAge,
    UnreachableIssuer,
};
pub use self::scoped::{
    ScopedCredentials, ScopedGlobalEndpoint, ScopedIssueTime, ScopedLongTermKeys,
    ScopedPolicyLimit, ScopedResource, ScopedSessionArn,
};
pub use self::session::{
    ContextAssertionLimit, ContextAssertions, MfaBudget, MfaReplay, MfaWindow, PackedPolicy,
    PackedPolicySize, SessionTokenSize, SourceIdentityLimit,
};
pub use crate::identity::{SignatureWindow, UnsignedPayload};
pub use crate::wire::ClauseOrder;

/// Writes the switches once: as fields, and as a form of which every part can be left out.
macro_rules! switches {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// What the fake does where the real service is undocumented, disputed, or changed over the years.
        ///
        /// The defaults are what AWS was last seen to do; each switch says what the evidence is. In a world file they are the table `switches`.
        /// [`Switches::as_of`] sets those that follow the date of an observation; in a world file `as_of` does.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "Given")]
        #[non_exhaustive]
        pub struct Switches {
            as_of: AsOf,
            $($(#[$doc])* pub $name: $kind,)*
        }

        /// Switches as a world file has them.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Given {
            as_of: Option<AsOf>,
            $($name: Option<$kind>,)*
        }

        impl From<Given> for Switches {
            fn from(given: Given) -> Self {
                let dated = Self::as_of(given.as_of.unwrap_or_default());
                Self {
                    as_of: dated.as_of,
                    $($name: given.$name.unwrap_or(dated.$name),)*
                }
            }
        }

        impl Default for Switches {
            fn default() -> Self {
                Self { as_of: AsOf::default(), $($name: Default::default(),)* }
            }
        }
    };
}

switches! {
    /// For which regions signatures count.
    regions: Regions,
    /// How much an `AccessDenied` message tells.
    access_denied: AccessDeniedStyle,
    /// Which clause comes first when a value breaks its pattern and its length.
    clause_order: ClauseOrder,
    /// How the message about an invalid token ends.
    invalid_token_message: InvalidTokenMessage,
    /// What an unreadable `Authorization` header is quoted as.
    authorization_echo: AuthorizationEcho,
    /// A session token that comes along with long-term keys.
    stray_token: StrayToken,
    /// Whether a signature may leave the body out.
    unsigned_payload: UnsignedPayload,
    /// How far the date of a signature may be from now.
    signature_window: SignatureWindow,
    /// How long a source identity may be.
    source_identity: SourceIdentityLimit,
    /// How long a context assertion may be.
    context_assertion: ContextAssertionLimit,
    /// Whether context assertions are checked.
    context_assertions: ContextAssertions,
    /// How many MFA codes around the current one count.
    mfa_window: MfaWindow,
    /// What using an MFA code uses up.
    mfa_replay: MfaReplay,
    /// How many MFA codes of a device are checked in three minutes.
    mfa_budget: MfaBudget,
    /// Whether responses have the size of the session token.
    session_token_size: SessionTokenSize,
    /// Where the packed size of session policies and tags comes from.
    packed_policy: PackedPolicy,
    /// Which responses have `PackedPolicySize`.
    packed_policy_size: PackedPolicySize,
    /// By how many seconds the times of identity tokens may be off.
    web_identity_leeway: Leeway,
    /// How old an identity token may be.
    web_identity_age: TokenAge,
    /// An identity token for several audiences that names no authorized party.
    several_audiences: SeveralAudiences,
    /// The message about an identity token for another audience.
    audience_message: AudienceMessage,
    /// Which claims of identity tokens become condition keys.
    claim_keys: ClaimKeys,
    /// What an issuer whose keys cannot be had leads to.
    unreachable_issuer: UnreachableIssuer,
    /// Whether the recipient and the audience of a SAML assertion are checked.
    saml_audience: SamlAudience,
    /// Whether `GetWebIdentityToken` knows `SubjectMode` and `Scope`.
    outbound_subjects: OutboundSubjects,
    /// Whether there is an operation `GetScopedCredentials`.
    scoped_credentials: ScopedCredentials,
    /// How the global endpoint refuses `GetScopedCredentials`.
    scoped_global_endpoint: ScopedGlobalEndpoint,
    /// The error code for `GetScopedCredentials` with long-term keys.
    scoped_long_term_keys: ScopedLongTermKeys,
    /// The resource on which `sts:GetScopedCredentials` is authorized.
    scoped_resource: ScopedResource,
    /// The error code for a fourth scope-down policy.
    scoped_policy_limit: ScopedPolicyLimit,
    /// When a scoped session counts as issued.
    scoped_issue_time: ScopedIssueTime,
    /// Whether scope-down policies bind a session that a resource policy names by its session ARN.
    scoped_session_arn: ScopedSessionArn,
}

impl Switches {
    /// The switches as AWS behaved at a time. Switches without dated evidence keep their default.
    ///
    /// ```
    /// use fake_sts_model::switches::{AsOf, SessionTokenSize, Switches};
    ///
    /// assert_eq!(Switches::as_of(AsOf::July2026).session_token_size, SessionTokenSize::Absent);
    /// ```
    #[must_use]
    pub fn as_of(as_of: AsOf) -> Self {
        let mut switches = Self { as_of, ..Self::default() };
        if as_of < AsOf::November2026 {
            switches.context_assertion = ContextAssertionLimit::Older;
            switches.outbound_subjects = OutboundSubjects::Unknown;
            switches.scoped_credentials = ScopedCredentials::Unknown;
        }
        if as_of < AsOf::September2026 {
            switches.session_token_size = SessionTokenSize::Absent;
            switches.packed_policy_size = PackedPolicySize::WhenPacked;
            switches.audience_message = AudienceMessage::Older;
            switches.saml_audience = SamlAudience::Checked;
        }
        switches
    }

    /// The names of the switches that [`Switches::as_of`] sets.
    pub(crate) fn dated() -> Vec<String> {
        let value = |as_of| serde_json::to_value(Self::as_of(as_of)).unwrap_or_default();
        let (oldest, newest) = (value(AsOf::July2026), value(AsOf::default()));
        let names = newest.as_object().into_iter().flatten();
        names
            .filter(|(name, value)| *name != "as_of" && oldest.get(name) != Some(value))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// A time at which AWS was observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AsOf {
    /// The public logs and the published model up to July 2026.
    #[serde(rename = "2026-07")]
    July2026,
    /// Recorded responses of 11 to 13 September 2026.
    #[serde(rename = "2026-09")]
    September2026,
    /// The published model of 20 November 2026.
    #[default]
    #[serde(rename = "2026-11")]
    November2026,
}

/// For which regions signatures count.
///
/// The real endpoints each take one region; `localhost` has none to compare with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
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
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
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
