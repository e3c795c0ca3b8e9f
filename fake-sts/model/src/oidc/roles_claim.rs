use serde_json::{Map, Value};

/// The claim in which an issuer names the roles that a token may assume.
pub(super) const ROLES: &str = "https://aws.amazon.com/roles";

/// What a token says about the roles that it may assume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a claim is there or it is not")]
pub enum AuthorizedRoles {
    /// Nothing: the trust policy alone decides.
    #[default]
    Any,
    /// One of these ARNs and no other role.
    Only(Vec<String>),
}

impl AuthorizedRoles {
    /// Reads a list of texts, or one text with semicolons between the ARNs. Other values in the list are ignored.
    pub(super) fn read(claims: &Map<String, Value>) -> Self {
        let names: Vec<&str> = match claims.get(ROLES) {
            None => return Self::Any,
            Some(Value::String(text)) => text.split(';').collect(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(_) => Vec::new(),
        };
        Self::Only(names.into_iter().map(|name| name.trim().to_owned()).collect())
    }

    /// Whether the claim names the role; `None` when there is no claim to ask.
    #[must_use]
    pub fn names(&self, role_arn: &str) -> Option<bool> {
        match self {
            Self::Any => None,
            Self::Only(roles) => Some(roles.iter().any(|role| role == role_arn)),
        }
    }
}
