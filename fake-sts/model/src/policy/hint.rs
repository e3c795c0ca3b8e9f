use super::condition::Condition;
use super::context::Context;
use super::operator::{Comparison, SetPrefix};
use super::principal::{Principal, PrincipalKind};

/// The usual suspect behind an action that is not listed.
pub(super) fn action_hint(action: &str) -> Option<String> {
    let hint = match action {
        "sts:TagSession" => {
            "whoever passes or inherits session tags needs sts:TagSession beside the action that assumes the role"
        }
        "sts:SetSourceIdentity" => {
            "whoever passes or inherits a source identity needs sts:SetSourceIdentity beside the action that assumes the role"
        }
        "sts:AssumeRoleWithWebIdentity" => {
            "bearers of web identities do not use sts:AssumeRole but sts:AssumeRoleWithWebIdentity"
        }
        "sts:AssumeRoleWithSAML" => {
            "bearers of SAML assertions do not use sts:AssumeRole but sts:AssumeRoleWithSAML"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// The usual suspect behind a condition that failed.
pub(super) fn condition_hint(
    condition: &Condition,
    action: &str,
    context: &Context,
) -> Option<String> {
    match context.get(&condition.lookup) {
        None if is_beside_the_role(action) && OF_ASSUMING.contains(&&*condition.lookup) => {
            Some(format!(
                "{} belongs to the action that assumes the role; allow {action} in a statement without it",
                condition.key
            ))
        }
        None => absent_key(condition, context),
        Some(actual) => present_key(condition, actual),
    }
}

/// Whether an action is authorized beside the one that assumes a role, with fewer condition keys.
fn is_beside_the_role(action: &str) -> bool {
    matches!(action, "sts:TagSession" | "sts:SetSourceIdentity" | "sts:SetContext")
}

/// The condition keys of the actions that assume a role, which the actions beside them do not have. In lower case, as keys are looked up.
const OF_ASSUMING: [&str; 3] = ["sts:externalid", "sts:rolesessionname", "sts:durationseconds"];

/// The usual suspect behind a caller that no principal took in.
pub(super) fn principal_hint(wanted: &[String], principal: &Principal) -> Option<String> {
    let arn = principal.principal_arn();
    for wanted in wanted {
        if wanted == arn {
            return Some("the ARN is right, but the policy is bound to the id of an earlier one of that name, which was deleted".to_owned());
        }
        if wanted.eq_ignore_ascii_case(arn) || wanted.eq_ignore_ascii_case(principal.arn()) {
            return Some(format!("{wanted} differs only in upper and lower case"));
        }
        let is_assumed_role = matches!(principal.kind(), PrincipalKind::AssumedRole { .. });
        if is_assumed_role
            && wanted.contains(":role/")
            && name_of(wanted) == name_of(arn)
            && account_part(wanted) == account_part(arn)
        {
            return Some(format!("the role's ARN with its path is {arn}"));
        }
        if principal.principal_type().is_none() && name_of(wanted) == name_of(arn) {
            return Some(
                "the provider is of that name, but of another account, kind or host".to_owned(),
            );
        }
    }
    None
}

fn absent_key(condition: &Condition, context: &Context) -> Option<String> {
    let hint = match &*condition.lookup {
        "aws:multifactorauthpresent" | "aws:multifactorauthage" => {
            "long-term keys without SerialNumber and TokenCode, and sessions of AssumeRole, carry no MFA context"
        }
        "sts:externalid" => "the caller passed no ExternalId",
        "sts:sourceidentity" | "aws:sourceidentity" => "no SourceIdentity was passed or inherited",
        "aws:username" => "only IAM users have a user name; sessions of roles have none",
        key if key.starts_with("aws:principaltag/") => "the caller has no such tag",
        key if key.starts_with("aws:requesttag/") || key == "aws:tagkeys" => {
            "the caller passed no such tag"
        }
        key => return similar_key(key, context),
    };
    Some(hint.to_owned())
}

/// A key of the same name under another provider: the issuer in the policy has a slip.
fn similar_key(key: &str, context: &Context) -> Option<String> {
    let (_, name) = key.rsplit_once(':')?;
    let found = context.iter().find(|(present, _)| {
        let (provider, present_name) = present.rsplit_once(':').unwrap_or(("", present));
        present_name.eq_ignore_ascii_case(name) && !matches!(provider, "aws" | "sts")
    });
    found.map(|(present, _)| {
        format!(
            "the request has {present}; the part before the colon is the issuer without https://"
        )
    })
}

fn present_key(condition: &Condition, actual: &[String]) -> Option<String> {
    if condition.operator.negated {
        return None;
    }
    let any = |test: &dyn Fn(&str, &str) -> bool| {
        condition.wanted.iter().any(|wanted| actual.iter().any(|actual| test(wanted, actual)))
    };
    let comparison = condition.operator.comparison;
    let hint = match comparison {
        Comparison::StringEquals
            if condition
                .wanted
                .iter()
                .any(|wanted| wanted.contains(['*', '?']) && !wanted.contains("${")) =>
        {
            "* and ? are ordinary characters to StringEquals; StringLike matches them"
        }
        Comparison::StringEquals | Comparison::StringLike
            if any(&|wanted, actual| wanted.eq_ignore_ascii_case(actual)) =>
        {
            "they differ only in upper and lower case"
        }
        Comparison::StringEquals if any(&|wanted, actual| wanted.trim() == actual.trim()) => {
            "they differ only in spaces around them"
        }
        Comparison::StringEquals
            if any(&|wanted, actual| {
                wanted.trim_end_matches('/') == actual.trim_end_matches('/')
            }) =>
        {
            "they differ only in a slash at the end"
        }
        Comparison::StringEquals if any(&|wanted, _| wanted.contains("${")) => {
            "the variable has another value or none, or the policy has no Version 2012-10-17"
        }
        _ if condition.operator.set == SetPrefix::ForAllValues => {
            "ForAllValues wants each value of the request among those of the policy"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

fn account_part(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}
