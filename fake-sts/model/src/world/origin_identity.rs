use std::fmt;

use serde::{Deserialize, Serialize};

/// The identity behind a session, for trusted identity propagation.
///
/// It travels inside of the session token, so its names are short.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OriginIdentity {
    /// Who it is at the identity provider.
    #[serde(rename = "s")]
    pub subject: String,
    /// Whether that is a person or a program: `user` or `workload`.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    /// The issuer of the token without its scheme, or the hash of the key that signed the assertion.
    #[serde(rename = "i")]
    pub issuer: String,
    /// The ARN of the provider.
    #[serde(rename = "p")]
    pub provider: String,
    /// What else the identity provider says, by the last part of its condition key.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<(String, String)>,
}

impl OriginIdentity {
    /// The condition keys, each with its value.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (String, &str)> {
        let origin = [
            ("Subject", Some(&self.subject)),
            ("SubjectType", self.subject_type.as_ref()),
            ("Issuer", Some(&self.issuer)),
            ("FederatedProviderArn", Some(&self.provider)),
        ];
        let origin = origin.into_iter().filter_map(|(name, value)| {
            Some((format!("aws:OriginIdentity/{name}"), value?.as_str()))
        });
        let claims = self.claims.iter().map(|(name, value)| {
            (format!("aws:TransactionContext/IdentityProvider/{name}"), value.as_str())
        });
        origin.chain(claims)
    }

    /// The bytes that it adds to a session token.
    pub(crate) fn len(&self) -> usize {
        self.keys().map(|(_, value)| value.len()).sum()
    }
}

/// Without the person.
impl fmt::Debug for OriginIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OriginIdentity")
            .field("issuer", &self.issuer)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
