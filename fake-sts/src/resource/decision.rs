use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::visit::Visit;
use crate::journal::cut;
use crate::policy::{Decision, PolicyType, StatementRef, Verdict};

/// The last decision about a request, which is the one that refused it if one did.
pub(super) fn last(visit: &Visit<'_>) -> Option<Value> {
    let judgement = visit.trail.judgements.last()?;
    let decision = &judgement.decision;
    let caller = visit.caller.as_ref()?;
    let resource = visit.wanted.as_ref().map(|wanted| wanted.resource.as_str());
    Some(json!({
        "caller": caller.principal.arn(),
        "userId": caller.principal.user_id(),
        "account": caller.account.to_string(),
        "accessKeyId": caller.access_key_id,
        "action": judgement.action,
        "resource": resource,
        "allowed": decision.is_allowed(),
        "reason": decision.reason().to_string(),
        "statements": statements(decision),
        "explanation": decision.to_string(),
    }))
}

/// The statement that each policy of a type decided by, or that came closest.
fn statements(decision: &Decision) -> Vec<Value> {
    let single = [
        PolicyType::IdentityBased,
        PolicyType::PermissionsBoundary,
        PolicyType::Session,
        PolicyType::ResourceBased,
    ];
    let scope_downs = (1..=decision.scope_downs().len()).map(PolicyType::ScopeDown);
    single
        .into_iter()
        .chain(scope_downs)
        .filter_map(|policy_type| Some(statement(policy_type, decision.verdict(policy_type)?)))
        .collect()
}

fn statement(policy_type: PolicyType, verdict: &Verdict) -> Value {
    let statement = verdict.statement();
    json!({
        "policyType": policy_type.to_string(),
        "outcome": verdict.outcome(),
        "policy": statement.and_then(|statement| statement.policy()),
        "sid": statement.and_then(|statement| statement.sid()),
        "index": statement.map(StatementRef::index),
        "explanation": verdict.to_string(),
    })
}

/// Says the same in headers, for protocols whose bodies have no room for it.
pub(super) fn show(visit: &Visit<'_>, headers: &mut HeaderMap) {
    let mut set = |name: &'static str, text: &str| {
        let line = cut(&text.replace(['\n', '\r'], " "));
        if let Ok(value) = HeaderValue::try_from(line) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    if let Some(caller) = &visit.caller {
        set("x-fake-sts-caller", caller.principal.arn());
    }
    if let Some(wanted) = &visit.wanted {
        set("x-fake-sts-action", &wanted.action);
        set("x-fake-sts-resource", &wanted.resource);
    }
    if let Some(judgement) = visit.trail.judgements.last() {
        set("x-fake-sts-decision", &judgement.decision.to_string());
    }
}
