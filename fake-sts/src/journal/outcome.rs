use serde::Serialize;

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum CallOutcome {
    /// With an answer.
    #[default]
    Answered,
    /// With an error of STS.
    #[non_exhaustive]
    Refused {
        /// The error code.
        code: &'static str,
        /// The message, as the caller saw it.
        message: Option<String>,
        /// What the caller did not see: why.
        reason: Option<String>,
    },
    /// Before it reached an operation: a redirect, a wrong path, a body too large.
    TurnedAway,
    /// With what a [fault](super::Call::faults) made of it: an answer that is none of STS, or none at all.
    Faulted,
    /// Without a response: the client left while STS fetched the keys of an issuer.
    Abandoned,
}

/// The same in a word: `outcome.kind` in JSON, and `GET /_fake-sts/calls?outcome=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeKind {
    /// With an answer.
    Answered,
    /// With an error of STS.
    Refused,
    /// Before it reached an operation.
    TurnedAway,
    /// With what a fault made of it, which is none of STS.
    Faulted,
    /// Without a response, as the client left.
    Abandoned,
}

impl CallOutcome {
    /// The outcome in a word.
    #[must_use]
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Answered => OutcomeKind::Answered,
            Self::Refused { .. } => OutcomeKind::Refused,
            Self::TurnedAway => OutcomeKind::TurnedAway,
            Self::Faulted => OutcomeKind::Faulted,
            Self::Abandoned => OutcomeKind::Abandoned,
        }
    }
}

impl OutcomeKind {
    /// Every one there is.
    pub const ALL: [Self; 5] =
        [Self::Answered, Self::Refused, Self::TurnedAway, Self::Faulted, Self::Abandoned];

    /// `answered`, `refused`, `turned-away`, `faulted` or `abandoned`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::TurnedAway => "turned-away",
            Self::Faulted => "faulted",
            Self::Abandoned => "abandoned",
        }
    }
}
