use super::members;
use crate::action::Operation;
use crate::spelling::{self, did_you_mean};
use crate::wire::ErrorCode;

/// Why a fault cannot be injected. Nothing changes then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// STS has no such operation.
    #[error("there is no operation {name:?}; there are {}{}", operations().join(", "), meant(name, &operations()))]
    #[non_exhaustive]
    UnknownOperation {
        /// As it was given.
        name: String,
    },
    /// STS has no such error code.
    #[error("there is no error code {code:?}; there are {}{}", codes().join(", "), meant(code, &codes()))]
    #[non_exhaustive]
    UnknownCode {
        /// As it was given.
        code: String,
    },
    /// No operation answers with such a member.
    #[error(
        "no operation answers with a member {name:?}; members are named as in SessionToken, Expiration, Arn{}",
        did_you_mean(spelling::meant(name, members::all()))
    )]
    #[non_exhaustive]
    UnknownMember {
        /// As it was given.
        name: String,
    },
    /// A value is out of its bounds.
    #[error("{setting} is {given}, but must be {wanted}")]
    #[non_exhaustive]
    OutOfBounds {
        /// Which.
        setting: &'static str,
        /// What it is.
        given: String,
        /// What it could be.
        wanted: &'static str,
    },
    /// Two settings leave no call for the fault, or contradict each other.
    #[error("{one} does not go together with {other}: {why}")]
    #[non_exhaustive]
    Contradiction {
        /// The one.
        one: String,
        /// The other.
        other: String,
        /// Why not.
        why: &'static str,
    },
    /// There are too many faults already.
    #[error("there are {limit} faults already; remove some of them")]
    #[non_exhaustive]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
}

impl FaultError {
    pub(super) fn contradiction(
        one: impl Into<String>,
        other: impl Into<String>,
        why: &'static str,
    ) -> Self {
        Self::Contradiction { one: one.into(), other: other.into(), why }
    }
}

fn operations() -> Vec<&'static str> {
    Operation::ALL.map(Operation::as_str).to_vec()
}

fn codes() -> Vec<&'static str> {
    ErrorCode::ALL.map(ErrorCode::as_str).to_vec()
}

fn meant(name: &str, among: &[&'static str]) -> String {
    did_you_mean(spelling::meant(name, among.iter().copied()))
}
