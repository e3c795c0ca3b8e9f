use super::Secrets;
use super::filter::{Condition, Filter};
use super::outcome::OutcomeKind;
use super::secrets::is_secret;
use crate::action::Operation;
use crate::spelling::{did_you_mean, meant};
use crate::wire::ErrorCode;

/// A filter that no call can ever match, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImpossibleFilter {
    /// No operation of STS.
    #[error("STS has no operation `{name}`{}", did_you_mean(*.meant))]
    #[non_exhaustive]
    Operation {
        /// The name given.
        name: String,
        /// The one that is the most like it.
        meant: Option<&'static str>,
    },
    /// No error code of STS.
    #[error("STS has no error code `{name}`{}", did_you_mean(*.meant))]
    #[non_exhaustive]
    Code {
        /// The name given.
        name: String,
        /// The one that is the most like it.
        meant: Option<&'static str>,
    },
    /// No ARN of a role.
    #[error("`{0}` is no ARN of a role; write one such as arn:aws:iam::111122223333:role/deploy")]
    Role(String),
    /// No ARN of a caller.
    #[error(
        "`{0}` is no ARN of a caller; write one such as arn:aws:iam::111122223333:user/alice, or arn:aws:sts::111122223333:assumed-role/deploy/* for all sessions of a role"
    )]
    Caller(String),
    /// No access key id.
    #[error(
        "`{0}` is no access key id; write one such as AKIARTX3GSDSQALICE22, of 16 to 128 letters and digits"
    )]
    AccessKey(String),
    /// A parameter that the journal does not keep.
    #[error(
        "the journal does not keep {0}, which proves something; build the fake with journal_secrets(Secrets::Shown), or leave it out"
    )]
    Secret(String),
    /// No parameter of any operation.
    #[error("no operation of STS takes a parameter `{name}`{}", did_you_mean(*.meant))]
    #[non_exhaustive]
    Parameter {
        /// The name given.
        name: String,
        /// The one that is the most like it.
        meant: Option<&'static str>,
    },
    /// Two conditions that exclude each other.
    #[error("no call {first} is also one {second}; leave one of them out")]
    #[non_exhaustive]
    Contradiction {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
}

impl Filter {
    /// Refuses a filter that no call can match.
    pub(super) fn check(&self, secrets: Secrets) -> Result<(), ImpossibleFilter> {
        self.conditions.iter().try_for_each(|condition| condition.check(secrets))?;
        for (at, first) in self.conditions.iter().enumerate() {
            for second in &self.conditions[at + 1..] {
                if first.excludes(second) || second.excludes(first) {
                    let (first, second) = (first.phrase(), second.phrase());
                    return Err(ImpossibleFilter::Contradiction { first, second });
                }
            }
        }
        Ok(())
    }
}

impl Condition {
    fn check(&self, secrets: Secrets) -> Result<(), ImpossibleFilter> {
        match self {
            Self::Operation(name) if Operation::named(name).is_none() && !name.contains(':') => {
                let known = Operation::ALL.map(Operation::as_str);
                Err(ImpossibleFilter::Operation { name: name.clone(), meant: meant(name, known) })
            }
            Self::Code(name) if ErrorCode::named(name).is_none() => {
                let known = ErrorCode::ALL.map(ErrorCode::as_str);
                Err(ImpossibleFilter::Code { name: name.clone(), meant: meant(name, known) })
            }
            Self::Role(arn) if !is_arn_of(arn, &["iam"], &["role/"]) => {
                Err(ImpossibleFilter::Role(arn.clone()))
            }
            Self::Caller(arn) if !is_arn_of(arn, &["iam", "sts"], &CALLERS) => {
                Err(ImpossibleFilter::Caller(arn.clone()))
            }
            Self::AccessKey(id) if !is_access_key_id(id) => {
                Err(ImpossibleFilter::AccessKey(id.clone()))
            }
            Self::Parameter(name, _) if is_secret(name) && secrets == Secrets::Redacted => {
                Err(ImpossibleFilter::Secret(name.clone()))
            }
            Self::Parameter(name, _) if !known_parameters().any(|known| known == head(name)) => {
                let meant = meant(head(name), known_parameters());
                Err(ImpossibleFilter::Parameter { name: name.clone(), meant })
            }
            _ => Ok(()),
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        let operation = |name: &String| Operation::named(name);
        match (self, other) {
            (Self::Operation(name), Self::Role(_)) => {
                operation(name).is_some_and(|operation| !operation.names_a_role())
            }
            (Self::Operation(name), Self::Caller(_) | Self::AccessKey(_)) => {
                operation(name).is_some_and(|operation| !operation.is_signed())
            }
            (Self::Operation(operation_name), Self::Parameter(name, _)) => {
                operation(operation_name)
                    .is_some_and(|operation| !operation.parameters().contains(&head(name)))
            }
            // What is turned away reached no operation, so that nothing else is known of it.
            (Self::Outcome(OutcomeKind::TurnedAway), Self::Outcome(_) | Self::Since(_)) => false,
            (Self::Outcome(OutcomeKind::TurnedAway), _)
            | (
                Self::Outcome(
                    OutcomeKind::Answered | OutcomeKind::Faulted | OutcomeKind::Abandoned,
                ),
                Self::Code(_),
            ) => true,
            (Self::Parameter(name, value), Self::Parameter(other, another)) => {
                name == other && value != another
            }
            _ => false,
        }
    }
}

/// The parameter itself, of one such as `Tags.member.1.Key`.
fn head(parameter: &str) -> &str {
    parameter.split('.').next().unwrap_or_default()
}

fn known_parameters() -> impl Iterator<Item = &'static str> {
    Operation::ALL.into_iter().flat_map(Operation::parameters).copied()
}

const CALLERS: [&str; 4] = ["root", "user/", "assumed-role/", "federated-user/"];

/// Whether a text has the form of an ARN of such services and resources. Wildcards may stand for anything.
fn is_arn_of(pattern: &str, services: &[&str], resources: &[&str]) -> bool {
    let parts = pattern.splitn(6, ':').collect::<Vec<_>>();
    let [prefix, _, service, region, account, resource] = parts[..] else {
        // One `*` may stand for several parts.
        return pattern.starts_with('*') || (pattern.starts_with("arn:") && pattern.contains('*'));
    };
    let wild = |part: &str| part.contains(['*', '?']);
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let named = |start: &&str| {
        resource.strip_prefix(*start).is_some_and(|name| start.ends_with('/') != name.is_empty())
    };
    (prefix == "arn" || wild(prefix))
        && (services.contains(&service) || wild(service))
        && (region.is_empty() || wild(region))
        && (is_account || wild(account))
        && (resources.iter().any(named) || wild(resource))
}

fn is_access_key_id(id: &str) -> bool {
    let word = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && (16..=128).contains(&id.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(filter: &Filter, wanted: &str) {
        let found = filter.check(Secrets::Redacted).map_err(|error| error.to_string());
        assert_eq!(found.err().unwrap_or_default(), wanted, "{filter}");
    }

    const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

    #[test]
    fn names_that_sts_does_not_have_are_refused_with_those_it_has() {
        let new = Filter::new;
        check(
            &new().operation("AsumeRole"),
            "STS has no operation `AsumeRole`; did you mean AssumeRole?",
        );
        check(&new().operation("DeleteUser"), "STS has no operation `DeleteUser`");
        check(
            &new().code("AccesDenied"),
            "STS has no error code `AccesDenied`; did you mean AccessDenied?",
        );
        check(&new().operation(Operation::AssumeRole).code(ErrorCode::AccessDenied), "");
    }

    #[test]
    fn arns_and_ids_that_are_none_are_refused_with_some_that_are() {
        let new = Filter::new;
        for good in
            [ROLE, "arn:aws:iam::*:role/*", "arn:*", "*", "arn:aws:iam::111122223333:role/ci/x"]
        {
            check(&new().role(good), "");
        }
        for bad in [
            "deploy",
            "arn:aws:iam::1:role/deploy",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:sts::111122223333:assumed-role/a/b",
            "",
        ] {
            check(
                &new().role(bad),
                &format!("`{bad}` is no ARN of a role; write one such as {ROLE}"),
            );
        }
        for good in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/a",
            "arn:aws:sts::111122223333:assumed-role/a/*",
        ] {
            check(&new().caller(good), "");
        }
        check(
            &new().caller("alice"),
            "`alice` is no ARN of a caller; write one such as arn:aws:iam::111122223333:user/alice, or arn:aws:sts::111122223333:assumed-role/deploy/* for all sessions of a role",
        );
        check(
            &new().access_key("AKIA"),
            "`AKIA` is no access key id; write one such as AKIARTX3GSDSQALICE22, of 16 to 128 letters and digits",
        );
    }

    #[test]
    fn conditions_that_exclude_each_other_are_refused() {
        let new = Filter::new;
        check(
            &new().operation("GetCallerIdentity").role(ROLE),
            "no call to GetCallerIdentity is also one for role arn:aws:iam::111122223333:role/deploy; leave one of them out",
        );
        check(
            &new().code("AccessDenied").answered(),
            "no call that ended with AccessDenied is also one that ended with an answer; leave one of them out",
        );
        check(
            &new().operation("AssumeRoleWithSAML").access_key("AKIARTX3GSDSQALICE22"),
            "no call to AssumeRoleWithSAML is also one with key AKIARTX3GSDSQALICE22; leave one of them out",
        );
        check(
            &new().parameter("Name", "a").parameter("Name", "b"),
            "no call with Name a is also one with Name b; leave one of them out",
        );
        check(&new().outcome(OutcomeKind::TurnedAway).since(3), "");
        check(&new().code("AccessDenied").refused(), "");
    }

    #[test]
    fn secrets_can_be_asked_for_where_the_journal_has_them() {
        let filter = Filter::new().parameter("TokenCode", "123456");

        assert_eq!(filter.check(Secrets::Shown), Ok(()));
        assert!(!filter.to_string().contains("123456"));
        check(
            &filter,
            "the journal does not keep TokenCode, which proves something; build the fake with journal_secrets(Secrets::Shown), or leave it out",
        );
    }
}
