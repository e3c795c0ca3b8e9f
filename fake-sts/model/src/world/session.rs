use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, OriginIdentity};
use crate::wire::Answer;

/// What temporary credentials stand for.
///
/// It travels inside of the session token, so its names are short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// The access key that the token is bound to.
    #[serde(rename = "k")]
    pub access_key_id: String,
    /// The account in which the session acts.
    #[serde(rename = "a")]
    pub account: AccountId,
    /// As whom it acts.
    #[serde(rename = "w")]
    pub principal: SessionPrincipal,
    /// When it was issued, in seconds since 1970.
    #[serde(rename = "i")]
    pub issued: i64,
    /// When it ends, in seconds since 1970; at that instant it has ended.
    #[serde(rename = "e")]
    pub expires: i64,
    /// When an MFA code was given that the session still counts on.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub mfa_at: Option<i64>,
    /// The session tags.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
    /// The keys of those tags that sessions assumed from this one inherit.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub transitive_tag_keys: Vec<String>,
    /// The source identity, which all sessions assumed from this one inherit.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// What the session is limited to.
    #[serde(rename = "p", default, skip_serializing_if = "SessionPolicies::is_none")]
    pub policies: SessionPolicies,
    /// The identity provider behind the session: an ARN, or a legacy name.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub federated_provider: Option<String>,
    /// The identity behind it, where its provider has a context provider.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginIdentity>,
    /// The policies of `GetScopedCredentials`, oldest first: each must allow what the session does.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub scope_downs: Vec<String>,
    /// The access keys of the sessions that it was scoped down from, oldest first. It ends with any of them that is revoked.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<String>,
    /// Where its token is accepted, which the beginning of the token says.
    #[serde(skip)]
    pub token_version: TokenVersion,
}

/// Where a session token is accepted.
///
/// See [the versions of the global endpoint](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenVersion {
    /// In regions that are enabled by default.
    V1,
    /// Everywhere.
    #[default]
    V2,
}

impl SessionPolicies {
    pub(super) fn inline_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Only { inline, .. } => Some(inline),
            Self::None => None,
        }
    }
}

/// As whom a session acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SessionPrincipal {
    /// A role: its stable id and the session name.
    #[serde(rename = "r")]
    Role {
        /// The `AROA..` id.
        #[serde(rename = "i")]
        id: String,
        /// The role session name.
        #[serde(rename = "n")]
        session_name: String,
    },
    /// A user, with credentials of `GetSessionToken`.
    #[serde(rename = "u")]
    User {
        /// The `AIDA..` id.
        #[serde(rename = "i")]
        id: String,
    },
    /// The root user, with credentials of `GetSessionToken` or `AssumeRoot`.
    #[serde(rename = "o")]
    Root,
    /// A federated user, with credentials of `GetFederationToken`.
    #[serde(rename = "f")]
    Federated {
        /// The `AIDA..` id of the user who asked for them; nothing for the root user.
        #[serde(rename = "i")]
        issuer: Option<String>,
        /// The name given.
        #[serde(rename = "n")]
        name: String,
    },
}

/// The session policies of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SessionPolicies {
    /// There are none: the session may do what its role or user may.
    #[default]
    #[serde(rename = "n")]
    None,
    /// It may do only what these allow as well. An empty list allows nothing.
    #[serde(rename = "o")]
    Only {
        /// The inline policy.
        #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
        inline: Option<String>,
        /// ARNs of managed policies.
        #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
        managed: Vec<String>,
    },
}

/// Temporary credentials as they are handed out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The access key id, `ASIA` and 16 characters.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token.
    pub session_token: String,
    /// When they end.
    pub expiration: Timestamp,
}

impl SessionPolicies {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl Credentials {
    /// The structure `Credentials` of an answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::new()
            .text("AccessKeyId", &self.access_key_id)
            .text("SecretAccessKey", &self.secret_access_key)
            .text("SessionToken", &self.session_token)
            .time("Expiration", self.expiration)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &"** redacted **")
            .field("session_token", &"** redacted **")
            .field("expiration", &self.expiration)
            .finish()
    }
}
