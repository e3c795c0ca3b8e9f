use std::fmt;

use super::document::{NamedPolicy, PolicyDocument};
use super::evaluate::{evaluate_identity, evaluate_trust};
use super::principal::PrincipalKind;
use super::principal_pattern::PrincipalMatch;
use super::request::Request;
use super::verdict::{Outcome, StatementRef, Verdict};
use crate::switches::ScopedSessionArn;

/// Everything that decides whether a request is authorized.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers build it; a further kind of policy must not be forgotten by any of them"
)]
pub struct Question<'a> {
    /// The request.
    pub request: Request<'a>,
    /// The policy on the resource, such as a role's trust policy; `None` for actions without a resource of their own.
    pub resource_policy: Option<ResourcePolicy<'a>>,
    /// The policies of the calling user, or of the role behind the calling session.
    pub identity_policies: &'a [NamedPolicy],
    /// The permissions boundary of the calling user, or of the role behind the calling session; `None` when it has none.
    pub permissions_boundary: Option<&'a [NamedPolicy]>,
    /// The session policies of the calling session; `None` when it has none, which is something else than none that allows.
    pub session_policies: Option<&'a [NamedPolicy]>,
    /// The resource control policies of the organization of the resource's account, of which only denials count.
    pub resource_control_policies: &'a [NamedPolicy],
    /// The scope-down policies of the calling session, oldest first. Each has to allow the request.
    pub scope_downs: &'a [NamedPolicy],
    /// Whether they bind a session that the policy on the resource names by its session ARN.
    pub scoped_session_arn: ScopedSessionArn,
}

/// A policy on a resource, and the account the resource is in.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the two always go together")]
pub struct ResourcePolicy<'a> {
    /// The policy, such as a trust policy.
    pub document: &'a PolicyDocument,
    /// The account of the resource, 12 digits.
    pub account: &'a str,
}

/// Whether a request is authorized, and why.
///
/// Displays as an explanation of several lines.
#[derive(Clone, Debug)]
pub struct Decision {
    reason: Reason,
    /// Only if they deny it.
    resource_control: Option<Verdict>,
    resource: Option<Verdict>,
    identity: Option<Verdict>,
    boundary: Option<Verdict>,
    session: Option<Verdict>,
    scope_downs: Vec<Verdict>,
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The policy on the resource names the caller itself; its own policies need not agree.
    ResourcePolicyAllows,
    /// The caller's own policies allow it, and so does the policy on the resource where there is one.
    IdentityPolicyAllows,
    /// The root user may do what nothing denies.
    RootUser,
    /// A statement denies it.
    ExplicitDeny(PolicyType),
    /// Policies of this type would have to allow it and do not.
    NoAllow(PolicyType),
}

/// A type of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyType {
    /// Of the organization of the resource's account.
    ResourceControl,
    /// On the resource, such as a trust policy.
    ResourceBased,
    /// Of the calling user or role.
    IdentityBased,
    /// The limit of what the policies of the calling user or role can allow.
    PermissionsBoundary,
    /// Passed when the calling session was requested.
    Session,
    /// Passed to `GetScopedCredentials`: the first, second or third since the session began.
    ScopeDown(usize),
}

/// Decides whether a request is authorized.
///
/// An explicit deny in any policy wins. After that, with a policy on the resource:
///
/// | caller | needs |
/// |---|---|
/// | of the same account, named by its ARN or by `*` | the policy on the resource |
/// | of the same account, named by its account | that policy and its own |
/// | of another account, named in any way | that policy and its own |
/// | a service, or the bearer of a web identity or SAML assertion | the policy on the resource |
///
/// Without a policy on the resource, the caller's own policies decide. Each scope-down policy has to allow the request in every case, unless
/// [`ScopedSessionArn`] exempts a session that is named by its ARN. Session policies limit all of this, but for a session that a policy of
/// the same account names by its session ARN. A permissions boundary limits what the caller's own policies allow, and what a policy on the
/// resource allows to a role by its ARN. See
/// [how IAM decides](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html).
#[must_use]
pub fn authorize(question: &Question<'_>) -> Decision {
    let request = &question.request;
    let own_policies = request.principal.principal_type().is_some();
    let resource = question.resource_policy.map(|policy| evaluate_trust(policy.document, request));
    let identity = own_policies.then(|| evaluate_identity(question.identity_policies, request));
    let session = question
        .session_policies
        .filter(|_| own_policies)
        .map(|policies| evaluate_identity(policies, request));
    let boundary = question
        .permissions_boundary
        .filter(|_| own_policies)
        .map(|policies| evaluate_identity(policies, request));
    let resource_control = evaluate_identity(question.resource_control_policies, request);
    let resource_control = Some(resource_control).filter(Verdict::is_denied);
    let scope_downs = question
        .scope_downs
        .iter()
        .map(|policy| evaluate_identity(std::slice::from_ref(policy), request))
        .collect();
    let mut decision = Decision {
        reason: Reason::RootUser,
        resource_control,
        resource,
        identity,
        boundary,
        session,
        scope_downs,
    };
    decision.reason = decide(question, &decision);
    decision
}

fn decide(question: &Question<'_>, verdicts: &Decision) -> Reason {
    for (policy_type, verdict) in verdicts.verdicts() {
        if verdict.is_denied() {
            return Reason::ExplicitDeny(policy_type);
        }
    }
    let Decision { resource, identity, boundary, session, .. } = verdicts;
    let (resource, identity) = (resource.as_ref(), identity.as_ref());
    let (boundary, session) = (boundary.as_ref(), session.as_ref());
    let principal = question.request.principal;
    let own_account =
        question.resource_policy.is_none_or(|policy| policy.account == principal.account());
    let is_allowed = |verdict: Option<&Verdict>| verdict.is_none_or(Verdict::is_allowed);
    if !is_allowed(resource) {
        return Reason::NoAllow(PolicyType::ResourceBased);
    }
    let named_by = resource.and_then(Verdict::principal_match);
    let by_session_arn = own_account && named_by == Some(PrincipalMatch::Session);
    let is_exempt = by_session_arn && question.scoped_session_arn == ScopedSessionArn::Exempt;
    let scoped_out = verdicts.scope_downs.iter().position(|verdict| !verdict.is_allowed());
    if let Some(index) = scoped_out.filter(|_| !is_exempt) {
        return Reason::NoAllow(PolicyType::ScopeDown(index + 1));
    }
    if identity.is_none() || by_session_arn {
        return Reason::ResourcePolicyAllows;
    }
    if !is_allowed(session) {
        return Reason::NoAllow(PolicyType::Session);
    }
    let by_resource = own_account && named_by.is_some_and(|by| by != PrincipalMatch::Account);
    let is_role = matches!(principal.kind(), PrincipalKind::AssumedRole { .. });
    if by_resource && !is_role {
        return Reason::ResourcePolicyAllows;
    }
    if !is_allowed(boundary) {
        return if by_resource || is_allowed(identity) {
            Reason::NoAllow(PolicyType::PermissionsBoundary)
        } else {
            Reason::NoAllow(PolicyType::IdentityBased)
        };
    }
    if by_resource {
        return Reason::ResourcePolicyAllows;
    }
    if *principal.kind() == PrincipalKind::Root {
        return Reason::RootUser;
    }
    if is_allowed(identity) {
        Reason::IdentityPolicyAllows
    } else {
        Reason::NoAllow(PolicyType::IdentityBased)
    }
}

impl Decision {
    /// Whether the request is authorized.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(
            self.reason,
            Reason::ResourcePolicyAllows | Reason::IdentityPolicyAllows | Reason::RootUser
        )
    }

    /// What decided.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What the policies of one type say; `None` where there are none of that type to ask.
    #[must_use]
    pub fn verdict(&self, policy_type: PolicyType) -> Option<&Verdict> {
        match policy_type {
            PolicyType::ResourceControl => self.resource_control.as_ref(),
            PolicyType::ResourceBased => self.resource.as_ref(),
            PolicyType::IdentityBased => self.identity.as_ref(),
            PolicyType::PermissionsBoundary => self.boundary.as_ref(),
            PolicyType::Session => self.session.as_ref(),
            PolicyType::ScopeDown(number) => self.scope_downs.get(number.checked_sub(1)?),
        }
    }

    /// What the policies of each type say, without the types of which there are none.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = (PolicyType, &Verdict)> {
        let scope_downs = (1..=self.scope_downs.len()).map(PolicyType::ScopeDown);
        PolicyType::SINGLE
            .into_iter()
            .chain(scope_downs)
            .filter_map(|policy_type| Some((policy_type, self.verdict(policy_type)?)))
    }

    /// What each scope-down policy says, oldest first.
    #[must_use]
    pub fn scope_downs(&self) -> &[Verdict] {
        &self.scope_downs
    }

    /// The tail that AWS appends to `User: .. is not authorized to perform: ..`, with its leading space; `None` when authorized.
    ///
    /// See [access denied error messages](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
    #[must_use]
    pub fn message_tail(&self, action: &str) -> Option<String> {
        match self.reason {
            // The one type of policy that AWS names by its ARN.
            Reason::ExplicitDeny(PolicyType::ResourceControl) => {
                let statement = self.resource_control.as_ref().and_then(Verdict::statement);
                let arn = statement.and_then(StatementRef::policy).unwrap_or_default();
                Some(format!(" with an explicit deny in a resource control policy: {arn}"))
            }
            Reason::ExplicitDeny(policy_type) => {
                Some(format!(" with an explicit deny in {}", policy_type.with_article()))
            }
            Reason::NoAllow(policy_type) => {
                Some(format!(" because no {} allows the {action} action", policy_type.noun()))
            }
            Reason::ResourcePolicyAllows | Reason::IdentityPolicyAllows | Reason::RootUser => None,
        }
    }
}

impl PolicyType {
    const SINGLE: [Self; 5] = [
        Self::ResourceControl,
        Self::ResourceBased,
        Self::IdentityBased,
        Self::PermissionsBoundary,
        Self::Session,
    ];

    fn with_article(self) -> &'static str {
        match self {
            Self::ResourceControl => "a resource control policy",
            Self::ResourceBased => "a resource-based policy",
            Self::IdentityBased => "an identity-based policy",
            Self::PermissionsBoundary => "a permissions boundary",
            // In which words AWS names a scope-down policy was not seen.
            Self::Session | Self::ScopeDown(_) => "a session policy",
        }
    }

    fn noun(self) -> &'static str {
        let (_, noun) = self.with_article().split_once(' ').unwrap_or_default();
        noun
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ScopeDown(number) => return write!(f, "scope-down policy {number}"),
            Self::ResourceControl => "resource control",
            Self::ResourceBased => "resource-based",
            Self::IdentityBased => "identity-based",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResourcePolicyAllows => {
                f.write_str("allowed: the trust policy is enough for this caller")
            }
            Self::IdentityPolicyAllows => {
                f.write_str("allowed: every policy that has a say allows it")
            }
            Self::RootUser => f.write_str("allowed: the root user needs no policy of its own"),
            Self::ExplicitDeny(scope_down @ PolicyType::ScopeDown(_)) => {
                write!(f, "denied: explicit deny in {scope_down}")
            }
            Self::NoAllow(scope_down @ PolicyType::ScopeDown(_)) => {
                write!(f, "denied: {scope_down} does not allow it")
            }
            Self::ExplicitDeny(policy_type) => {
                write!(f, "denied: explicit deny in {}", policy_type.with_article())
            }
            Self::NoAllow(PolicyType::ResourceBased) => {
                f.write_str("denied: the trust policy does not allow it")
            }
            Self::NoAllow(policy_type) => write!(f, "denied: no {} allows it", policy_type.noun()),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reason)?;
        for (policy_type, verdict) in self.verdicts() {
            write!(f, "\n{policy_type}: {}", verdict.to_string().replace('\n', "\n  "))?;
        }
        let delegated =
            self.resource.as_ref().is_some_and(|verdict| verdict.outcome() == Outcome::Allowed);
        if delegated && self.reason == Reason::NoAllow(PolicyType::IdentityBased) {
            f.write_str(
                "\nhint: the trust policy leaves it to the caller's account, so a policy of the caller must allow the action on the role as well",
            )?;
        }
        Ok(())
    }
}
