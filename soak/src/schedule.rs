use std::fmt;
use std::time::Duration;

use fastrand::Rng;

/// What happens in a run, step by step, and the seed of all other chance in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "any steps and any seed are a schedule")]
pub struct Schedule {
    /// Of jitter, backoff, the SDK's pauses, and when callers come.
    pub seed: u64,
    /// What happens, one after the other.
    pub steps: Vec<Step>,
}

/// A thing that happens. Subjects are counted from 0, and over again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what there is")]
pub enum Step {
    /// Time passes, with a caller of each subject every half minute.
    Wait {
        /// How much of it.
        seconds: u64,
    },
    /// Many callers at once.
    Crowd {
        /// Of whom.
        subject: usize,
        /// How many.
        callers: usize,
    },
    /// Callers who leave before they have an answer.
    Leave {
        /// Of whom.
        subject: usize,
        /// How many.
        callers: usize,
        /// After how long.
        milliseconds: u64,
    },
    /// A value is declared unusable.
    Invalidate {
        /// Whose.
        subject: usize,
    },
    /// A new value is asked for.
    Refresh {
        /// Of whom.
        subject: usize,
    },
    /// Something goes wrong for a while.
    Trouble {
        /// What.
        trouble: Trouble,
        /// For how long.
        seconds: u64,
    },
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what there is")]
pub enum Trouble {
    /// Answers take up to so many milliseconds.
    Slow(u64),
    /// STS takes one call in five seconds.
    Throttled,
    /// Connections are reset.
    Reset,
    /// Answers break off in the middle.
    Truncated,
    /// Answers are half of an XML document.
    Malformed,
    /// A load balancer apologizes.
    Outage,
    /// Nobody answers at all.
    Silence,
    /// STS fails inside.
    InternalFailure,
    /// STS cannot reach the identity provider.
    IssuerUnreachable,
    /// This machine's clock is off by so many seconds.
    ClockOff(i64),
    /// Identity tokens are not rotated.
    StaleToken,
    /// The roles are deleted.
    RolesGone,
}

impl Schedule {
    /// So many steps that follow from the seed.
    #[must_use]
    pub fn of(seed: u64, steps: usize) -> Self {
        let mut chance = Rng::with_seed(seed);
        Self { seed, steps: (0..steps).map(|_| Step::any(&mut chance)).collect() }
    }

    /// The same with other steps.
    #[must_use]
    pub fn with(&self, steps: Vec<Step>) -> Self {
        Self { seed: self.seed, steps }
    }
}

impl Step {
    fn any(chance: &mut Rng) -> Self {
        let subject = chance.usize(0..64);
        match chance.u32(0..10) {
            0..3 => Self::Wait { seconds: chance.u64(1..1200) },
            3 => Self::Crowd { subject, callers: chance.usize(2..200) },
            4 => Self::Leave {
                subject,
                callers: chance.usize(1..20),
                milliseconds: chance.u64(0..3_000),
            },
            5 => Self::Invalidate { subject },
            6 => Self::Refresh { subject },
            _ => Self::Trouble { trouble: Trouble::any(chance), seconds: chance.u64(1..900) },
        }
    }
}

impl Trouble {
    fn any(chance: &mut Rng) -> Self {
        match chance.u32(0..12) {
            0 => Self::Slow(chance.u64(1..40_000)),
            1 => Self::Throttled,
            2 => Self::Reset,
            3 => Self::Truncated,
            4 => Self::Malformed,
            5 => Self::Outage,
            6 => Self::Silence,
            7 => Self::InternalFailure,
            8 => Self::IssuerUnreachable,
            9 => Self::ClockOff(chance.i64(-3600..3600)),
            10 => Self::StaleToken,
            _ => Self::RolesGone,
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}", self.seed)?;
        for (number, step) in (1..).zip(&self.steps) {
            write!(f, "\n  {number}. {step:?}")?;
        }
        Ok(())
    }
}

/// Between two callers of one subject while time passes.
pub(crate) const RHYTHM: Duration = Duration::from_secs(30);
