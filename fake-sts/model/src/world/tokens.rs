use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// An OAuth 2.0 access token that `AssumeRoleWithWebIdentity` takes together with a `ProviderId`.
///
/// Such tokens are opaque and checked by asking their provider; here the world says which there are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OauthToken {
    /// `www.amazon.com` or `graph.facebook.com`.
    pub provider: String,
    /// The token.
    pub token: String,
    /// The application it was issued to, which is its audience.
    pub app_id: String,
    /// Whose it is.
    pub user_id: String,
}

/// A token that `GetDelegatedAccessToken` takes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TradeInToken {
    /// The token.
    pub token: String,
    /// The ARN of the role whose session it gives.
    pub role: String,
    /// The name of that session.
    pub session_name: String,
    /// When it ends; never, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

impl OauthToken {
    /// A token of a provider, for an application and a user.
    #[must_use]
    pub fn new(
        provider: impl Into<String>,
        token: impl Into<String>,
        app_id: impl Into<String>,
        user_id: impl Into<String>,
    ) -> Self {
        Self {
            provider: provider.into(),
            token: token.into(),
            app_id: app_id.into(),
            user_id: user_id.into(),
        }
    }

    /// Whether this is it. Takes the same time wherever they differ.
    pub(crate) fn is(&self, presented: &str) -> bool {
        self.token.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl TradeInToken {
    /// A token for a session of a role.
    #[must_use]
    pub fn new(
        token: impl Into<String>,
        role: impl Into<String>,
        session_name: impl Into<String>,
    ) -> Self {
        Self {
            token: token.into(),
            role: role.into(),
            session_name: session_name.into(),
            expires: None,
        }
    }

    /// Whether this is it. Takes the same time wherever they differ.
    pub(crate) fn is(&self, presented: &str) -> bool {
        self.token.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl fmt::Debug for OauthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OauthToken")
            .field("provider", &self.provider)
            .field("token", &"** redacted **")
            .field("app_id", &self.app_id)
            .field("user_id", &self.user_id)
            .finish()
    }
}

impl fmt::Debug for TradeInToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TradeInToken")
            .field("token", &"** redacted **")
            .field("role", &self.role)
            .field("session_name", &self.session_name)
            .field("expires", &self.expires)
            .finish()
    }
}
