use serde_json::Value;

use super::verified::VerifiedToken;
use crate::policy::Context;

/// Which claims become condition keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimKeys {
    /// Those that AWS documents for the provider, as the real service does.
    #[default]
    Documented,
    /// All that have a plain value or a list of them.
    All,
}

/// Sets the condition keys of a web identity: `<provider>:<claim>`, where the provider is its URL without the scheme.
///
/// `<provider>:aud` is the audience that counts; where an authorized party took its place, `<provider>:oaud` has the original. See
/// [the keys of web identity federation](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif).
pub fn condition_keys(
    token: &VerifiedToken,
    provider: &str,
    which: ClaimKeys,
    context: &mut Context,
) {
    for (claim, value) in &token.claims {
        if which == ClaimKeys::All || is_documented(provider, claim) {
            match value {
                Value::Array(list) => {
                    context.set_many(&format!("{provider}:{claim}"), list.iter().filter_map(scalar))
                }
                other => match scalar(other) {
                    Some(value) => context.set(&format!("{provider}:{claim}"), value),
                    None => continue,
                },
            };
        }
    }
    // Set last: key names know no case, so a claim `SUB` must not stand for `sub`.
    context.set(&format!("{provider}:sub"), token.subject.clone());
    context.set(&format!("{provider}:aud"), token.audience.clone());
    if token.claims.contains_key("azp") {
        context.set_many(&format!("{provider}:oaud"), token.original_audiences.iter().cloned());
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_documented(provider: &str, claim: &str) -> bool {
    let host = provider.split('/').next().unwrap_or_default();
    let own: &[&str] = match host {
        "token.actions.githubusercontent.com" => &GITHUB,
        "accounts.google.com" => &["email", "azp"],
        "oidc.circleci.com" => &["oidc.circleci.com/project-id"],
        _ if host.ends_with(".oraclecloud.com") => &["rpst_id"],
        _ => &["email"],
    };
    matches!(claim, "aud" | "sub" | "amr") || own.contains(&claim)
}

const GITHUB: [&str; 11] = [
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "workflow",
];
