use serde_json::{Map, Value};

use super::fault::TokenFault;

/// What a token says about the session it is traded for.
///
/// See [session tags of web identities](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionClaims {
    /// Session tags, key and value, ordered by key.
    pub tags: Vec<(String, String)>,
    /// The keys of those that later sessions of the chain inherit.
    pub transitive_tag_keys: Vec<String>,
    /// The source identity.
    pub source_identity: Option<String>,
}

impl SessionClaims {
    /// Reads the nested form (`https://aws.amazon.com/tags` is an object) and the flattened one (its members are claims of their own).
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, TokenFault> {
        let mut session = Self::default();
        if let Some(nested) = claims.get(TAGS) {
            let nested = nested.as_object().ok_or_else(|| invalid(TAGS, "an object"))?;
            if let Some(tags) = nested.get("principal_tags") {
                for (key, value) in tags
                    .as_object()
                    .ok_or_else(|| invalid(TAGS, "an object with an object principal_tags"))?
                {
                    session.tags.push((key.clone(), nested_tag(value)?));
                }
            }
            if let Some(keys) = nested.get("transitive_tag_keys") {
                session.transitive_tag_keys.extend(strings(TAGS, keys)?);
            }
        }
        for (claim, value) in claims {
            match claim.strip_prefix(TAGS) {
                Some("/transitive_tag_keys") => {
                    session.transitive_tag_keys.extend(strings(claim, value)?);
                }
                Some(member) => {
                    if let Some(key) = member.strip_prefix("/principal_tags/") {
                        session.tags.push((key.to_owned(), flattened_tag(claim, value)?));
                    }
                }
                None => {}
            }
        }
        if let Some(value) = claims.get(SOURCE_IDENTITY) {
            session.source_identity = Some(
                value.as_str().ok_or_else(|| invalid(SOURCE_IDENTITY, "a string"))?.to_owned(),
            );
        }
        session.tags.sort();
        Ok(session)
    }
}

/// In the nested form, a list of one text.
fn nested_tag(value: &Value) -> Result<String, TokenFault> {
    let only = value.as_array().filter(|list| list.len() == 1).and_then(|list| list.first());
    only.and_then(Value::as_str).map(ToOwned::to_owned).ok_or_else(|| TokenFault::InvalidTags {
        claim: TAGS.to_owned(),
        wanted: "an object whose principal_tags have lists of one string",
    })
}

/// In the flattened form, a text.
fn flattened_tag(claim: &str, value: &Value) -> Result<String, TokenFault> {
    value
        .as_str()
        .map(ToOwned::to_owned)
        .ok_or_else(|| TokenFault::InvalidTags { claim: claim.to_owned(), wanted: "a string" })
}

fn strings(claim: &str, value: &Value) -> Result<Vec<String>, TokenFault> {
    let text = |value: &Value| {
        value.as_str().map(ToOwned::to_owned).ok_or_else(|| invalid(claim, "a list of strings"))
    };
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        other => Ok(vec![text(other)?]),
    }
}

fn invalid(claim: &str, wanted: &'static str) -> TokenFault {
    TokenFault::InvalidClaim { claim: claim.to_owned(), wanted }
}

pub(super) const TAGS: &str = "https://aws.amazon.com/tags";
pub(super) const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
