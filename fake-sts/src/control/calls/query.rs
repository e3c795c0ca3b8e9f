use std::str::FromStr;
use std::time::Duration;

use crate::control::error::ControlError;
use crate::journal::{Filter, OutcomeKind};

/// The parameters of `GET /_fake-sts/calls`.
pub(super) struct Query {
    pub(super) filter: Filter,
    /// For how many calls to wait.
    pub(super) wait: Option<usize>,
    /// And how long at most, by the real clock.
    pub(super) timeout: Duration,
    pub(super) format: Format,
}

/// In which words calls are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// In our own.
    Json,
    /// In those of CloudTrail.
    CloudTrail,
}

/// Longer than a client of a test should stay silent.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Below what proxies and clients take for a dead connection.
const LONGEST: f64 = 600.0;

impl FromStr for Query {
    type Err = ControlError;

    fn from_str(query: &str) -> Result<Self, ControlError> {
        let mut read =
            Self { filter: Filter::new(), wait: None, timeout: TIMEOUT, format: Format::Json };
        let mut given = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // Which of the two was meant nobody can know.
            if given.contains(&name) {
                return Err(ControlError::bad_request(format!(
                    "`{}` is there twice; give it once",
                    name.escape_debug()
                )));
            }
            given.push(name.clone());
            let filter = read.filter;
            read.filter = match &*name {
                "operation" => filter.operation(&value),
                "role" => filter.role(value),
                "caller" => filter.caller(value),
                "access_key" => filter.access_key(value),
                "code" => filter.code(&value),
                "outcome" => filter.outcome(outcome(&value)?),
                "since" => filter.since(number(&name, &value)?),
                "wait" => {
                    read.wait = Some(number(&name, &value)?);
                    filter
                }
                "timeout" => {
                    read.timeout = seconds(&value)?;
                    filter
                }
                "format" => {
                    read.format = format(&value)?;
                    filter
                }
                other => match other.strip_prefix("parameter.") {
                    Some(parameter) => filter.parameter(parameter, value),
                    None => return Err(unknown(other)),
                },
            };
        }
        Ok(read)
    }
}

fn unknown(name: &str) -> ControlError {
    ControlError::bad_request(format!(
        "there is no query parameter `{name}`; there are operation, role, caller, access_key, parameter.<name>, code, outcome, since, wait, timeout, format"
    ))
}

fn outcome(value: &str) -> Result<OutcomeKind, ControlError> {
    OutcomeKind::ALL.into_iter().find(|kind| kind.as_str() == value).ok_or_else(|| {
        let known = OutcomeKind::ALL.map(OutcomeKind::as_str).join(", ");
        ControlError::bad_request(format!("outcome: there is no `{value}`; there are {known}"))
    })
}

fn format(value: &str) -> Result<Format, ControlError> {
    match value {
        "json" => Ok(Format::Json),
        "cloudtrail" => Ok(Format::CloudTrail),
        _ => Err(ControlError::bad_request(format!(
            "format: there is no `{value}`; there are json, cloudtrail"
        ))),
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, ControlError> {
    value.parse().map_err(|_| {
        ControlError::bad_request(format!("{name}: `{value}` is no number; write one such as 3"))
    })
}

fn seconds(value: &str) -> Result<Duration, ControlError> {
    match value.parse::<f64>() {
        Ok(seconds) if (0.0..=LONGEST).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(ControlError::bad_request(format!(
            "timeout: `{value}` is no time to wait; write seconds, 0 to {LONGEST}"
        ))),
    }
}
