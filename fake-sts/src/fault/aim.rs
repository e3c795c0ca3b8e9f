use std::fmt::Display;
use std::time::Duration;

use super::strikes::Attempted;
use super::{Effect, Fault, FaultError, Moment, effect, members};
use crate::action::Operation;
use crate::wire::ErrorCode;

/// The calls that a fault is for; the checked form of its conditions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Aim {
    operations: Vec<Operation>,
    role: Option<String>,
    caller: Option<String>,
    access_key: Option<String>,
    nth: Option<u64>,
    first: u64,
    after: u64,
    every: u64,
}

impl Aim {
    /// Checks a fault as a whole.
    pub(super) fn of(fault: &Fault) -> Result<Self, FaultError> {
        check_effect(&fault.effect)?;
        let operations = operations(fault)?;
        check_whom(fault, &operations)?;
        check_count(fault)?;
        moment(fault)?;
        Ok(Self {
            operations,
            role: fault.role.clone(),
            caller: fault.caller.clone(),
            access_key: fault.access_key.clone(),
            nth: fault.nth,
            first: fault.first.unwrap_or(u64::MAX),
            after: fault.after.unwrap_or(0),
            every: fault.every.unwrap_or(1),
        })
    }

    /// Whether a call is counted.
    pub(super) fn fits(&self, call: &Attempted<'_>) -> bool {
        self.operations.contains(&call.operation)
            && self
                .role
                .as_ref()
                .is_none_or(|wanted| call.role.is_some_and(|role| is_role(role, wanted)))
            && self.caller.as_ref().is_none_or(|wanted| {
                let is_caller = |arns: (&str, &str)| arns.0 == wanted || arns.1 == wanted;
                call.caller.is_some_and(is_caller)
            })
            && self.access_key.as_ref().is_none_or(|wanted| call.access_key_id == Some(wanted))
    }

    /// Whether the call of this number, from 1 on, is chosen.
    pub(super) fn chooses(&self, number: u64) -> bool {
        self.nth.is_none_or(|nth| nth == number)
            && number <= self.first
            && number > self.after
            && (number - self.after).is_multiple_of(self.every)
    }
}

/// Whether a role ARN is this ARN, or has this name.
fn is_role(arn: &str, wanted: &str) -> bool {
    arn == wanted || arn.rsplit_once('/').is_some_and(|(_, name)| name == wanted)
}

/// When the fault strikes.
pub(super) fn moment(fault: &Fault) -> Result<Moment, FaultError> {
    let before = "it needs an answer of STS to spoil";
    let after = "it keeps calls from STS";
    match (fault.effect.moment(), fault.moment) {
        (effect::Strikes::BeforeUnlessTold, told) => Ok(told.unwrap_or(Moment::BeforeOperation)),
        (effect::Strikes::After, Some(Moment::BeforeOperation)) => Err(FaultError::contradiction(
            format!("the effect {:?}", fault.effect.to_string()),
            "the moment before-operation",
            before,
        )),
        (effect::Strikes::Before, Some(Moment::AfterOperation)) => Err(FaultError::contradiction(
            format!("the effect {:?}", fault.effect.to_string()),
            "the moment after-operation",
            after,
        )),
        (effect::Strikes::After, _) => Ok(Moment::AfterOperation),
        (effect::Strikes::Before, _) => Ok(Moment::BeforeOperation),
    }
}

fn check_effect(effect: &Effect) -> Result<(), FaultError> {
    match effect {
        Effect::Error { code, .. } if ErrorCode::named(code).is_none() => {
            Err(FaultError::UnknownCode { code: code.clone() })
        }
        Effect::Throttle { per_second, .. } if !(RATE_MIN..=RATE_MAX).contains(per_second) => {
            out("per_second", per_second, "from 0.000001 to 1000000")
        }
        Effect::Throttle { burst: 0, .. } => out("burst", &0, "at least 1"),
        Effect::Answer { status, .. } if !(200..600).contains(status) => {
            out("status", status, "from 200 to 599")
        }
        Effect::Answer { content_type, .. }
            if http::HeaderValue::try_from(content_type).is_err() =>
        {
            out("content_type", &content_type.escape_debug(), "visible ASCII")
        }
        Effect::Delay { by, up_to: None } if by.is_zero() => out("by", &"0", "longer than nothing"),
        Effect::Delay { up_to: Some(most), .. } if *most > DAY => {
            out("up_to", &format!("{most:?}"), "at most a day")
        }
        Effect::Delay { by, .. } if *by > DAY => out("by", &format!("{by:?}"), "at most a day"),
        Effect::Delay { by, up_to: Some(most) } if most <= by => Err(FaultError::contradiction(
            format!("a delay by {by:?}"),
            format!("up_to {most:?}"),
            "it must be longer",
        )),
        Effect::ContentLength { off_by: 0 } | Effect::Date { off_by: 0 } => {
            out("off_by", &0, "something else")
        }
        Effect::ContentLength { off_by } if off_by.unsigned_abs() > LENGTH_MAX => {
            out("off_by", off_by, "within 1000000 either way")
        }
        Effect::Date { off_by } if off_by.unsigned_abs() > DECADE.as_secs() => {
            out("off_by", off_by, "within ten years either way")
        }
        Effect::ExpiredCredentials { ago } if *ago > DECADE => {
            out("ago", &format!("{ago:?}"), "at most ten years")
        }
        Effect::MissingMember(name)
            if !Operation::ALL.into_iter().any(|operation| members::has(operation, name)) =>
        {
            Err(FaultError::UnknownMember { name: name.clone() })
        }
        _ => Ok(()),
    }
}

const RATE_MIN: f64 = 1e-6;
const RATE_MAX: f64 = 1e6;
const DAY: Duration = Duration::from_secs(86_400);
const DECADE: Duration = Duration::from_secs(10 * 365 * 86_400);
const LENGTH_MAX: u64 = 1_000_000;

/// The operations of the fault: those it names, of which its effect and conditions must make sense, or else all of which they do.
fn operations(fault: &Fault) -> Result<Vec<Operation>, FaultError> {
    let possible = |operation: Operation| match &fault.effect {
        Effect::MissingMember(name) => members::has(operation, name),
        Effect::ExpiredCredentials { .. } => members::issues_credentials(operation),
        Effect::UnreachableIssuer => operation == Operation::AssumeRoleWithWebIdentity,
        _ => true,
    };
    if fault.on.is_empty() {
        return Ok(Operation::ALL.into_iter().filter(|operation| possible(*operation)).collect());
    }
    let named = |name: &String| {
        let operation = Operation::named(name)
            .ok_or_else(|| FaultError::UnknownOperation { name: name.clone() })?;
        if possible(operation) {
            return Ok(operation);
        }
        let why = match fault.effect {
            Effect::UnreachableIssuer => "it takes no identity token",
            _ => "its answers have no such thing",
        };
        let effect = format!("the effect {:?}", fault.effect.to_string());
        Err(FaultError::contradiction(effect, operation.as_str(), why))
    };
    fault.on.iter().map(named).collect()
}

/// Conditions on whom a call is about must be possible for some operation of the fault.
fn check_whom(fault: &Fault, operations: &[Operation]) -> Result<(), FaultError> {
    let check =
        |condition: &'static str, given: &Option<String>, why, possible: fn(Operation) -> bool| {
            if given.is_none() || operations.iter().any(|operation| possible(*operation)) {
                return Ok(());
            }
            let names = operations.iter().map(|operation| operation.as_str()).collect::<Vec<_>>();
            Err(FaultError::contradiction(condition, names.join(", "), why))
        };
    check("role", &fault.role, "it takes no RoleArn", Operation::names_a_role)?;
    check("caller", &fault.caller, "it is not signed", Operation::is_signed)?;
    check("access_key", &fault.access_key, "it is not signed", Operation::is_signed)?;
    match (&fault.role, &fault.caller, &fault.access_key) {
        (Some(role), ..) if !is_arn(role) && !is_name(role, "+=,.@_-") => {
            out("role", &role.escape_debug(), "a role ARN or the name of a role")
        }
        (_, Some(caller), _) if !is_arn(caller) => {
            out("caller", &caller.escape_debug(), "an ARN, as GetCallerIdentity tells it")
        }
        (.., Some(key)) if !is_name(key, "_") || !(16..=128).contains(&key.len()) => out(
            "access_key",
            &key.escape_debug(),
            "an access key id, of 16 to 128 letters and digits",
        ),
        _ => Ok(()),
    }
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.split(':').count() >= 6
}

fn is_name(text: &str, marks: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

fn check_count(fault: &Fault) -> Result<(), FaultError> {
    for (setting, value) in
        [("nth", fault.nth), ("first", fault.first), ("every", fault.every), ("times", fault.times)]
    {
        if value == Some(0) {
            return out(setting, &0, "at least 1");
        }
    }
    if let Some(probability) = fault.probability
        && !(probability > 0.0 && probability <= 1.0)
    {
        return out("probability", &probability, "above 0 and at most 1");
    }
    if fault.lasting.is_some_and(|time| time.is_zero()) {
        return out("for", &"0 seconds", "longer than nothing");
    }
    let others = [("first", fault.first), ("after", fault.after), ("every", fault.every)];
    if let (Some(nth), Some((other, Some(value)))) =
        (fault.nth, others.into_iter().find(|(_, value)| value.is_some()))
    {
        let why = "nth already is one call";
        return Err(FaultError::contradiction(
            format!("nth {nth}"),
            format!("{other} {value}"),
            why,
        ));
    }
    let (first, after) = (fault.first.unwrap_or(u64::MAX), fault.after.unwrap_or(0));
    if first <= after {
        let why = "no call is left";
        return Err(FaultError::contradiction(
            format!("first {first}"),
            format!("after {after}"),
            why,
        ));
    }
    match fault.every {
        Some(every) if every > first - after => {
            let range = format!("first {first} after {after}");
            Err(FaultError::contradiction(format!("every {every}"), range, "no call is left"))
        }
        _ => Ok(()),
    }
}

fn out(setting: &'static str, given: &dyn Display, wanted: &'static str) -> Result<(), FaultError> {
    Err(FaultError::OutOfBounds { setting, given: given.to_string(), wanted })
}
