use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;

use super::context::Context;
use super::error::PolicyProblem;
use super::number::{Instant, Number};
use super::template::{Template, Wildcards};
use super::version::Version;
use super::wildcard::{self, Case, Glob};

/// A condition operator, taken apart.
///
/// See [condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    name: &'static str,
    pub(super) set: SetPrefix,
    pub(super) comparison: Comparison,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
}

/// How an operator treats a key with several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetPrefix {
    /// No prefix: any of the values will do.
    None,
    ForAnyValue,
    ForAllValues,
}

/// What an operator does with one value, its negation aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    BinaryEquals,
    IpAddress,
    Arn,
    /// Asks for absence, not for a value.
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

/// A value of a policy, prepared for its operator.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Text(Template),
    Number(Number),
    Instant(Instant),
    Bool(bool),
    Bytes(Vec<u8>),
    Network(IpNet),
    /// No number, date or address, though the operator compares such: nothing is in relation to it. STS takes it in session policies.
    Unreadable {
        wanted: &'static str,
    },
}

impl Operator {
    pub(super) fn parse(text: &str) -> Result<Self, PolicyProblem> {
        let (set, rest) = match text.split_once(':') {
            Some(("ForAnyValue", rest)) => (SetPrefix::ForAnyValue, rest),
            Some(("ForAllValues", rest)) => (SetPrefix::ForAllValues, rest),
            _ => (SetPrefix::None, text),
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let known = OPERATORS.iter().find(|(known, ..)| *known == name);
        match known {
            // Absence itself can be asked for, but not conditionally nor per value.
            Some((_, Comparison::Null, _)) if if_exists || set != SetPrefix::None => {
                Err(PolicyProblem::UnknownOperator { known: Some("Null") })
            }
            Some((name, comparison, negated)) => {
                Ok(Self { name, set, comparison: *comparison, negated: *negated, if_exists })
            }
            None => {
                let meant = OPERATORS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
                Err(PolicyProblem::UnknownOperator { known: meant.map(|(known, ..)| *known) })
            }
        }
    }

    pub(super) fn operand(&self, value: &str, version: Version) -> Result<Operand, PolicyProblem> {
        let (operand, wanted) = match self.comparison {
            Comparison::StringEquals | Comparison::StringEqualsIgnoreCase => {
                (Some(Operand::Text(Template::parse(value, Wildcards::Literal, version))), "")
            }
            Comparison::StringLike | Comparison::Arn => {
                (Some(Operand::Text(Template::parse(value, Wildcards::Match, version))), "")
            }
            Comparison::Numeric(_) => {
                let number = Number::parse(value).map(Operand::Number);
                (number.or(Some(Operand::Unreadable { wanted: "a number" })), "")
            }
            Comparison::Date(_) => {
                let wanted = "an ISO 8601 date or seconds since 1970";
                let instant = Instant::parse(value).map(Operand::Instant);
                (instant.or(Some(Operand::Unreadable { wanted })), "")
            }
            Comparison::Bool | Comparison::Null => {
                (parse_bool(value).map(Operand::Bool), "true or false")
            }
            Comparison::BinaryEquals => (STANDARD.decode(value).ok().map(Operand::Bytes), "base64"),
            Comparison::IpAddress => {
                let wanted = "an IP address or a range such as 203.0.113.0/24";
                let network = parse_network(value).map(Operand::Network);
                (network.or(Some(Operand::Unreadable { wanted })), "")
            }
        };
        operand.ok_or_else(|| PolicyProblem::InvalidOperand { value: value.to_owned(), wanted })
    }

    /// Whether one value of the request stands in the operator's relation, its negation aside, to one value of the policy.
    pub(super) fn relates(&self, operand: &Operand, value: &str, context: &Context) -> bool {
        match (self.comparison, operand) {
            (Comparison::StringEquals | Comparison::StringLike, Operand::Text(template)) => {
                template.matches(value, Case::Sensitive, context)
            }
            (Comparison::StringEqualsIgnoreCase, Operand::Text(template)) => {
                template.matches(value, Case::Ignored, context)
            }
            (Comparison::Arn, Operand::Text(template)) => {
                template.resolve(context).is_some_and(|pattern| arn_matches(&pattern, value))
            }
            (Comparison::Numeric(order), Operand::Number(wanted)) => {
                let ordering = Number::parse(value).and_then(|actual| actual.compare(*wanted));
                ordering.is_some_and(|ordering| order.holds(ordering))
            }
            (Comparison::Date(order), Operand::Instant(wanted)) => {
                Instant::parse(value).is_some_and(|actual| order.holds(actual.cmp(wanted)))
            }
            (Comparison::Bool, Operand::Bool(wanted)) => parse_bool(value) == Some(*wanted),
            (Comparison::BinaryEquals, Operand::Bytes(wanted)) => {
                STANDARD.decode(value).is_ok_and(|actual| actual == *wanted)
            }
            (Comparison::IpAddress, Operand::Network(wanted)) => {
                value.parse::<IpAddr>().is_ok_and(|actual| wanted.contains(&actual.to_canonical()))
            }
            // `operand` makes no other pairs, and `Null` is asked of keys, not of values.
            _ => false,
        }
    }
}

impl Order {
    fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.set {
            SetPrefix::None => "",
            SetPrefix::ForAnyValue => "ForAnyValue:",
            SetPrefix::ForAllValues => "ForAllValues:",
        })?;
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

/// Each of the six parts by itself, so that a `*` does not reach over a colon; in the last part it may.
fn arn_matches(pattern: &[Glob], arn: &str) -> bool {
    if pattern == [Glob::AnyRun] {
        return true;
    }
    let mut patterns = pattern.splitn(ARN_PARTS, |glob| *glob == Glob::Char(':'));
    let mut parts = arn.splitn(ARN_PARTS, ':');
    loop {
        match (patterns.next(), parts.next()) {
            (Some(pattern), Some(part)) if wildcard::matches(pattern, part, Case::Sensitive) => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

fn parse_bool(value: &str) -> Option<bool> {
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn parse_network(value: &str) -> Option<IpNet> {
    value.parse().ok().or_else(|| value.parse::<IpAddr>().ok().map(IpNet::from))
}

const ARN_PARTS: usize = 6;

const OPERATORS: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    ("StringEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, true),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("NumericEquals", Comparison::Numeric(Order::Equals), false),
    ("NumericNotEquals", Comparison::Numeric(Order::Equals), true),
    ("NumericLessThan", Comparison::Numeric(Order::LessThan), false),
    ("NumericLessThanEquals", Comparison::Numeric(Order::LessThanEquals), false),
    ("NumericGreaterThan", Comparison::Numeric(Order::GreaterThan), false),
    ("NumericGreaterThanEquals", Comparison::Numeric(Order::GreaterThanEquals), false),
    ("DateEquals", Comparison::Date(Order::Equals), false),
    ("DateNotEquals", Comparison::Date(Order::Equals), true),
    ("DateLessThan", Comparison::Date(Order::LessThan), false),
    ("DateLessThanEquals", Comparison::Date(Order::LessThanEquals), false),
    ("DateGreaterThan", Comparison::Date(Order::GreaterThan), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::GreaterThanEquals), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::BinaryEquals, false),
    ("IpAddress", Comparison::IpAddress, false),
    ("NotIpAddress", Comparison::IpAddress, true),
    // The two pairs for ARNs do the same.
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotLike", Comparison::Arn, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];
