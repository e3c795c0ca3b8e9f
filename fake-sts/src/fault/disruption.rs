use super::Ending;

/// What becomes of the connection of an answer; among the extensions of answers that a fault struck.
///
/// The server of a fake carries it out. Who calls [`router`](crate::FakeSts::router) without a connection does what comes nearest: an error instead
/// of an answer that is [lost](Fate::Lost). The body of one that breaks off fails by itself in the middle.
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
    /// Nothing at all.
    Lost,
    /// As much as its body yields.
    Sent,
}
