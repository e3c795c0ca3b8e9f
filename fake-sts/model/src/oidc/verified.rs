use std::fmt;

use serde_json::{Map, Value};

use super::roles_claim::AuthorizedRoles;
use super::session_claims::SessionClaims;

/// What a token says, once all of it has been checked.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedToken {
    /// `iss`, verbatim.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// The audience that counts: `azp` where there is one, else `aud`.
    pub audience: String,
    /// `aud`, all of them.
    pub original_audiences: Vec<String>,
    /// `iat`, seconds since 1970.
    pub issued_at: i64,
    /// `exp`, seconds since 1970.
    pub expires_at: i64,
    /// What it says about the session: tags and source identity.
    pub session: SessionClaims,
    /// The roles that it may assume.
    pub roles: AuthorizedRoles,
    /// All claims.
    pub claims: Map<String, Value>,
}

impl VerifiedToken {
    /// A claim that is a string.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }
}

/// Without the claims, which may hold personal data.
impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("VerifiedToken");
        debug
            .field("issuer", &self.issuer)
            .field("subject", &self.subject)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}
