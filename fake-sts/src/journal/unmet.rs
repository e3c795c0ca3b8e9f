use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use super::watch::Tally;
use super::{Call, Filter, Mismatch, OutcomeKind, Times};

/// Other calls came than those expected: which, and how the nearest of them differ.
///
/// Displays as several lines for the person whose test failed.
#[derive(Clone, Debug)]
pub struct Unmet {
    pub(super) name: Option<String>,
    pub(super) filter: Filter,
    pub(super) times: Times,
    /// How long was waited; nothing for an expectation, which does not wait.
    pub(super) waited: Option<Duration>,
    pub(super) tally: Box<Tally>,
    pub(super) endpoint: Option<Arc<str>>,
}

/// As many of the calls that came too often as a person wants to read about.
pub(super) const SHOWN: usize = 5;

impl Unmet {
    /// The name of the expectation, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Which calls were expected.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// How many of them.
    #[must_use]
    pub fn times(&self) -> Times {
        self.times
    }

    /// How many came.
    #[must_use]
    pub fn came(&self) -> u64 {
        self.tally.came
    }

    /// How many calls came that were not meant.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.tally.others
    }

    /// The closest of those, at most three, and what about them is not as it was meant.
    pub fn nearest(&self) -> impl Iterator<Item = (&Call, &[Mismatch])> {
        self.tally.nearest.iter().map(|near| (&*near.call, &near.mismatches[..]))
    }

    fn headline(&self) -> String {
        let (came, times) = (self.came(), self.times);
        match came {
            0 => format!("no {} came, {times} expected", self.filter.noun(1)),
            _ => format!("{came} {} came, {times} expected", self.filter.noun(came)),
        }
    }

    fn write_matching(&self, text: &mut String) -> fmt::Result {
        for call in self.tally.first.iter().take(SHOWN) {
            write!(text, "\n  {call}")?;
        }
        match self.came().saturating_sub(SHOWN as u64) {
            0 => Ok(()),
            more => write!(text, "\n  and {more} more"),
        }
    }

    fn write_others(&self, text: &mut String) -> fmt::Result {
        let shown = self.tally.nearest.len();
        match self.others() {
            1 => text.push_str("\n1 other call came:"),
            others if others == shown as u64 => {
                write!(text, "\n{others} other calls came, the closest first:")?;
            }
            others => write!(text, "\n{others} other calls came, the closest {shown}:")?,
        }
        for near in &self.tally.nearest {
            write!(text, "\n  {}", near.call)?;
            for mismatch in &near.mismatches {
                write!(text, "\n    {mismatch}")?;
            }
            // Which policies allowed what was answered is of no interest, unless it should have been refused.
            let other_outcome = near.mismatches.iter().any(Mismatch::is_of_the_outcome);
            if near.call.outcome.kind() == OutcomeKind::Answered && !other_outcome {
                continue;
            }
            for line in near.call.reasons().lines() {
                write!(text, "\n    {line}")?;
            }
        }
        Ok(())
    }

    fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        if let Some(name) = &self.name {
            write!(text, "{name:?}: ")?;
        }
        text.push_str(&self.headline());
        if let Some(waited) = self.waited {
            write!(text, " within {waited:?}")?;
        }
        if self.came() + self.others() == 0 {
            text.push_str("\nno call at all reached the fake; ");
            match &self.endpoint {
                Some(endpoint) => write!(text, "is the client's endpoint {endpoint}?")?,
                None => text.push_str(
                    "it has no socket: is the client made of its sdk_config() or its router()?",
                ),
            }
            return Ok(text);
        }
        if self.came() > 0 {
            self.write_matching(&mut text)?;
        }
        // Calls that came too often are their own explanation.
        if self.came() < self.times.least() && self.others() > 0 {
            self.write_others(&mut text)?;
        }
        Ok(text)
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text()?)
    }
}

impl std::error::Error for Unmet {}
