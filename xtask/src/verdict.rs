//! How a chore that checks something ended, if nothing was wrong.

/// What was checked, and what could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All of it, and nothing is wrong.
    Passed,
    /// The rest was checked, but not this.
    PassedBut(String),
    /// Nothing was, and why.
    Skipped(String),
}

impl Verdict {
    /// What was not checked, and why.
    pub(crate) fn skipped(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::PassedBut(what) | Self::Skipped(what) => Some(what),
        }
    }
}
