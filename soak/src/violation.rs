use std::fmt;
use std::time::Duration;

/// What must hold, whatever goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// An expired value is served only by a policy that says so, and only during an outage.
    Fresh,
    /// A value that is valid is not withheld by the default policy.
    Served,
    /// One contact with a source at a time.
    OneFlight,
    /// No more contacts than the policy allows.
    Pace,
    /// No more calls to STS than contacts can make.
    Calls,
    /// Each call ends.
    Answered,
    /// When all is well again, so is each cache.
    Recovered,
    /// No task outlives its cache.
    NoTask,
    /// Memory does not grow.
    Memory,
    /// No secret in a log line, an error or a `Debug` output.
    Silence,
}

/// What did not hold, where and when.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Violation {
    /// What must hold.
    pub rule: Rule,
    /// Which cache.
    pub subject: String,
    /// When, from the beginning of the run.
    pub at: Duration,
    /// What happened.
    pub what: String,
}

impl Violation {
    /// A rule that was broken, by whom and when, and how.
    pub fn new(
        rule: Rule,
        subject: impl Into<String>,
        at: Duration,
        what: impl Into<String>,
    ) -> Self {
        Self { rule, subject: subject.into(), at, what: what.into() }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fresh => "no expired value while a fresh one could be had",
            Self::Served => "no valid value withheld",
            Self::OneFlight => "one flight at a time",
            Self::Pace => "contacts within the policy's bound",
            Self::Calls => "calls to STS within what contacts can make",
            Self::Answered => "every call is answered",
            Self::Recovered => "well again when STS is",
            Self::NoTask => "no task left behind",
            Self::Memory => "memory stays flat",
            Self::Silence => "no secret in any output",
        })
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, subject, at, what } = self;
        write!(f, "{rule}: {subject}, {}s into the run: {what}", at.as_secs())
    }
}
