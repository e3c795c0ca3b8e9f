use std::fmt;

use serde::Serialize;

use super::error::{PolicyProblem, UnknownPrincipal};
use super::principal::{Principal, PrincipalKind, account_of, partition_of};
use super::statement::Effect;

/// `Principal` or `NotPrincipal` of a statement.
#[derive(Clone, Debug)]
pub(super) struct PrincipalElement {
    pub(super) negated: bool,
    pub(super) patterns: Box<[PrincipalPattern]>,
}

#[derive(Clone, Debug)]
pub(super) struct PrincipalPattern {
    /// As the policy writes it.
    pub(super) text: Box<str>,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Anyone,
    Account {
        /// `None` for the bare account number, which fits each partition.
        partition: Option<Box<str>>,
        account: Box<str>,
    },
    /// A user, or a role with all of its sessions.
    Identity {
        unique_id: Option<Box<str>>,
    },
    UniqueId,
    /// One session of a role, or a federated user.
    Session,
    Service,
    Federated,
    /// Known to the grammar, and nobody that calls STS.
    CanonicalUser,
}

/// By what a statement's principals took in the caller. Weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PrincipalMatch {
    /// Its account, which delegates the decision to the account's identity policies.
    Account,
    /// `NotPrincipal`, which names others.
    NotPrincipal,
    /// `*`.
    Anyone,
    /// Its provider.
    Provider,
    /// Its service name.
    Service,
    /// The user itself, or the role behind the session.
    Identity,
    /// The session itself.
    Session,
}

impl PrincipalElement {
    /// By what the caller matches, the strongest form first; `None` when it does not.
    ///
    /// Only `Federated` admits the bearers of tokens and assertions: AWS refused them where a trust policy allowed `{"AWS": "*"}` (September 2026).
    /// What denies everyone denies them too.
    pub(super) fn matches(&self, principal: &Principal, effect: Effect) -> Option<PrincipalMatch> {
        let admits = |by: &PrincipalMatch| {
            effect == Effect::Deny || !principal.is_federated() || *by == PrincipalMatch::Provider
        };
        self.named_by(principal).filter(admits)
    }

    /// Whether it is `"*"`, or `{"AWS": "*"}`.
    pub(super) fn is_everybody(&self) -> bool {
        let is_anyone = |pattern: &PrincipalPattern| matches!(pattern.form, Form::Anyone);
        !self.negated && !self.patterns.is_empty() && self.patterns.iter().all(is_anyone)
    }

    fn named_by(&self, principal: &Principal) -> Option<PrincipalMatch> {
        // In `NotPrincipal` an account exempts its root user only; its users and roles have to be named next to it. See
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>.
        let counts = |by: &PrincipalMatch| {
            !self.negated
                || *by != PrincipalMatch::Account
                || *principal.kind() == PrincipalKind::Root
        };
        let found = self.patterns.iter().filter_map(|pattern| pattern.matches(principal));
        let strongest = found.filter(counts).max();
        match (self.negated, strongest) {
            (false, found) => found,
            (true, None) => Some(PrincipalMatch::NotPrincipal),
            (true, Some(_)) => None,
        }
    }

    pub(super) fn bind(
        &mut self,
        id_of: &mut impl FnMut(&str) -> Option<String>,
    ) -> Result<(), UnknownPrincipal> {
        for pattern in &mut self.patterns {
            if let Form::Identity { unique_id } = &mut pattern.form {
                let id = id_of(&pattern.text)
                    .ok_or_else(|| UnknownPrincipal { arn: pattern.text.as_ref().to_owned() })?;
                *unique_id = Some(id.into());
            }
        }
        Ok(())
    }
}

impl PrincipalPattern {
    /// The bare `"*"` in place of the principal map.
    pub(super) fn anyone() -> Self {
        Self { text: "*".into(), form: Form::Anyone }
    }

    /// One value under one kind of the principal map.
    pub(super) fn parse(kind: &str, value: &str) -> Result<Self, PolicyProblem> {
        let form = match kind {
            "AWS" => aws_form(value),
            "Service" => (!value.is_empty()).then_some(Form::Service),
            "Federated" => (!value.is_empty()).then_some(Form::Federated),
            "CanonicalUser" => Some(Form::CanonicalUser),
            _ => None,
        };
        match form {
            Some(form) => Ok(Self { text: value.into(), form }),
            None => Err(PolicyProblem::InvalidPrincipal {
                kind: kind.to_owned(),
                value: value.to_owned(),
            }),
        }
    }

    fn matches(&self, principal: &Principal) -> Option<PrincipalMatch> {
        let text = self.text.as_ref();
        let signed = principal.principal_type().is_some();
        let (matched, by) = match &self.form {
            Form::Anyone => (true, PrincipalMatch::Anyone),
            Form::Account { partition, account } => {
                let partition =
                    partition.as_deref().is_none_or(|partition| partition == principal.partition());
                (signed && partition && **account == *principal.account(), PrincipalMatch::Account)
            }
            Form::Identity { unique_id } => {
                let named = has_unique_id(principal) && text == principal.principal_arn();
                let bound = unique_id.as_deref().is_none_or(|id| principal.unique_id() == Some(id));
                (named && bound, PrincipalMatch::Identity)
            }
            Form::UniqueId => (principal.unique_id() == Some(text), PrincipalMatch::Identity),
            Form::Session => (signed && text == principal.arn(), PrincipalMatch::Session),
            Form::Service => (
                *principal.kind() == PrincipalKind::Service
                    && (text == "*" || text == principal.arn()),
                PrincipalMatch::Service,
            ),
            Form::Federated => (
                principal.is_federated() && (text == "*" || text == principal.arn()),
                PrincipalMatch::Provider,
            ),
            Form::CanonicalUser => return None,
        };
        matched.then_some(by)
    }
}

impl fmt::Display for PrincipalMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "its account",
            Self::NotPrincipal => "not being among those of NotPrincipal",
            Self::Anyone => "*",
            Self::Provider => "its identity provider",
            Self::Service => "its service name",
            Self::Identity => "its ARN",
            Self::Session => "its session ARN",
        })
    }
}

fn has_unique_id(principal: &Principal) -> bool {
    principal.unique_id().is_some()
}

/// The forms of
/// [`"AWS"` principals](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html). IAM refuses wildcards inside of
/// an ARN.
fn aws_form(value: &str) -> Option<Form> {
    if value == "*" {
        return Some(Form::Anyone);
    }
    if is_account(value) {
        return Some(Form::Account { partition: None, account: value.into() });
    }
    if is_unique_id(value) {
        return Some(Form::UniqueId);
    }
    if value.contains(['*', '?'])
        || partition_of(value).is_empty()
        || !is_account(account_of(value))
    {
        return None;
    }
    let mut parts = value.splitn(6, ':').skip(2);
    let (service, region, _account, resource) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let named = |prefix: &str| {
        resource.strip_prefix(prefix).is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
    };
    match service {
        _ if !region.is_empty() => None,
        "iam" if resource == "root" => Some(Form::Account {
            partition: Some(partition_of(value).into()),
            account: account_of(value).into(),
        }),
        "iam" if named("user/") || named("role/") => Some(Form::Identity { unique_id: None }),
        "sts" if named("assumed-role/") && resource.matches('/').count() == 2 => {
            Some(Form::Session)
        }
        "sts" if named("federated-user/") => Some(Form::Session),
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Such as `AIDA3TM7R3RLBCMLQ2A7J`: what IAM shows in place of a principal that is gone.
fn is_unique_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
