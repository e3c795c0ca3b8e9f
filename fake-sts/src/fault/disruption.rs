use std::io::{self, ErrorKind};

use super::Ending;

/// What becomes of the connection of an answer; among the extensions of answers that a fault struck.
///
/// The server of a fake carries it out. Who calls [`router`](crate::FakeSts::router) without a connection does what comes nearest: its
/// [`error`](Self::error) instead of an answer, if it has one. The body of one that breaks off fails by itself in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disruption {
    /// What the client sees of the answer.
    pub answer: Fate,
    /// How the connection ends then.
    pub ending: Ending,
}

/// What a client sees of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// There is an [outage](super::Outage): no connection comes about.
    Refused,
    /// Nothing at all.
    Lost,
    /// As much as its body yields.
    Sent,
}

impl Disruption {
    /// What a client finds instead of an answer; nothing if it gets one.
    #[must_use]
    pub fn error(&self) -> Option<io::Error> {
        let kind = match (self.answer, self.ending) {
            (Fate::Sent, _) => return None,
            (Fate::Refused, _) => ErrorKind::ConnectionRefused,
            (Fate::Lost, Ending::Reset) => ErrorKind::ConnectionReset,
            (Fate::Lost, Ending::Close) => ErrorKind::UnexpectedEof,
        };
        Some(kind.into())
    }
}
