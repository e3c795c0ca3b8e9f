use std::fmt;
use std::ops::{Div, Sub};
use std::time::Duration;

use fastrand::Rng;

use crate::shrink::{shortest, simplest};

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
    /// Time passes, and nobody calls.
    Quiet {
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

    /// The shortest one that can be found, of steps as simple as can be, which still fails.
    #[must_use]
    pub fn shortest(&self, mut fails: impl FnMut(&Self) -> bool) -> Self {
        let mut is_kept = |steps: &[Step]| fails(&self.with(steps.to_vec()));
        let few = shortest(&self.steps, &mut is_kept);
        self.with(simplest(&few, |step| step.simpler(), &mut is_kept))
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
        match chance.u32(0..11) {
            0..3 => Self::Wait { seconds: chance.u64(1..1200) },
            3 => Self::Crowd { subject, callers: chance.usize(2..200) },
            4 => Self::Leave {
                subject,
                callers: chance.usize(1..20),
                milliseconds: chance.u64(0..3_000),
            },
            5 => Self::Invalidate { subject },
            6 => Self::Refresh { subject },
            7 => Self::Quiet { seconds: chance.u64(1..4800) },
            _ => Self::Trouble { trouble: Trouble::any(chance), seconds: chance.u64(1..900) },
        }
    }
}

/// Simpler ones of the same kind, the simplest first.
impl Step {
    pub(crate) fn simpler(self) -> Vec<Self> {
        match self {
            Self::Wait { seconds } => less(seconds, 1, |seconds| Self::Wait { seconds }),
            Self::Quiet { seconds } => less(seconds, 1, |seconds| Self::Quiet { seconds }),
            Self::Crowd { subject, callers } => [
                less(subject, 0, |subject| Self::Crowd { subject, callers }),
                less(callers, 1, |callers| Self::Crowd { subject, callers }),
            ]
            .concat(),
            Self::Leave { subject, callers, milliseconds } => [
                less(subject, 0, |subject| Self::Leave { subject, callers, milliseconds }),
                less(callers, 1, |callers| Self::Leave { subject, callers, milliseconds }),
                less(milliseconds, 0, |milliseconds| Self::Leave {
                    subject,
                    callers,
                    milliseconds,
                }),
            ]
            .concat(),
            Self::Invalidate { subject } => {
                less(subject, 0, |subject| Self::Invalidate { subject })
            }
            Self::Refresh { subject } => less(subject, 0, |subject| Self::Refresh { subject }),
            Self::Trouble { trouble, seconds } => {
                let simpler = trouble.simpler().into_iter();
                let simpler = simpler.map(|trouble| Self::Trouble { trouble, seconds });
                let shorter = less(seconds, 1, |seconds| Self::Trouble { trouble, seconds });
                simpler.chain(shorter).collect()
            }
        }
    }
}

impl Trouble {
    fn simpler(self) -> Vec<Self> {
        match self {
            Self::Slow(milliseconds) => less(milliseconds, 1, Self::Slow),
            Self::ClockOff(seconds) => {
                let sign = seconds.signum();
                less(seconds.abs(), 1, |seconds| Self::ClockOff(sign * seconds))
            }
            _ => Vec::new(),
        }
    }
}

/// Smaller numbers than this one, the smallest first, down to some eighth less.
fn less<N, T>(number: N, smallest: N, of: impl Fn(N) -> T) -> Vec<T>
where
    N: Copy + Ord + Sub<Output = N> + Div<Output = N> + From<u8>,
{
    let but = |share: u8| number - number / N::from(share);
    let mut smaller = vec![smallest, but(2), but(4), but(8)];
    smaller.retain(|it| *it >= smallest && *it < number);
    smaller.dedup();
    smaller.into_iter().map(of).collect()
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
