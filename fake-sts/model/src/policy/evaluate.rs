use std::sync::Arc;

use super::document::{NamedPolicy, PolicyDocument};
use super::request::Request;
use super::statement::Effect;
use super::verdict::{Closest, Outcome, StatementRef, Verdict};

/// Evaluates a trust policy, or another policy that stands on a resource.
#[must_use]
pub fn evaluate_trust(policy: &PolicyDocument, request: &Request<'_>) -> Verdict {
    evaluate([(None, policy)].into_iter(), request)
}

/// Evaluates the identity-based policies of a caller, or the session policies of a session, together.
#[must_use]
pub fn evaluate_identity(policies: &[NamedPolicy], request: &Request<'_>) -> Verdict {
    evaluate(policies.iter().map(|policy| (Some(&policy.name), &policy.document)), request)
}

fn evaluate<'a>(
    policies: impl Iterator<Item = (Option<&'a Arc<str>>, &'a PolicyDocument)> + Clone,
    request: &Request<'_>,
) -> Verdict {
    let mut allowed = None;
    for (name, document) in policies.clone() {
        for (index, statement) in document.statements().iter().enumerate() {
            let Some(principal) = statement.applies(request) else {
                continue;
            };
            match statement.effect {
                Effect::Deny => {
                    return Verdict::denied(
                        StatementRef::new(name, document, index),
                        principal,
                        request,
                    );
                }
                // The strongest way in which the caller is named decides whether its own policies are asked as well.
                Effect::Allow if allowed.as_ref().is_none_or(|(_, best)| *best < principal) => {
                    allowed = Some((StatementRef::new(name, document, index), principal));
                }
                Effect::Allow => {}
            }
        }
    }
    match allowed {
        Some((statement, principal)) => Verdict::allowed(statement, principal),
        None => Verdict::not_allowed(closest(policies, request)),
    }
}

/// The allowing statement that misses the request by the least.
fn closest<'a>(
    policies: impl Iterator<Item = (Option<&'a Arc<str>>, &'a PolicyDocument)>,
    request: &Request<'_>,
) -> Option<Closest> {
    let statements = policies.flat_map(|(name, document)| {
        document.statements().iter().enumerate().map(move |(index, s)| (name, document, index, s))
    });
    statements
        .filter(|(.., statement)| statement.effect == Effect::Allow)
        .map(|(name, document, index, statement)| {
            (statement.distance(request), name, document, index)
        })
        .min_by_key(|(distance, ..)| *distance)
        .map(|(_, name, document, index)| {
            Closest::new(StatementRef::new(name, document, index), request)
        })
}

impl Verdict {
    /// Whether the policy by itself allows the request.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.outcome() == Outcome::Allowed
    }

    /// Whether a statement denies the request, which no other policy can make good.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.outcome() == Outcome::Denied
    }
}
