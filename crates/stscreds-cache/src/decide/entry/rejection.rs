/// The value was rejected by whoever it was presented to.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    /// The id of the rejected value, if it has one.
    id: Option<Box<str>>,
    /// Whether a flight has begun since.
    is_answered: bool,
}

impl Rejection {
    pub(super) fn new(id: Option<&str>) -> Self {
        Self { id: id.map(Box::from), is_answered: false }
    }

    /// A flight begins, and what it brings replaces the rejected value.
    pub(super) fn answered(self) -> Self {
        Self { is_answered: true, ..self }
    }

    /// Whether a value that arrives with this id is rejected as well: if its flight had
    /// begun before the rejection and the id is not known to differ.
    pub(super) fn covers_arrival(&self, id: Option<&str>) -> bool {
        let differs = matches!((&self.id, id), (Some(rejected), Some(id)) if **rejected != *id);
        !self.is_answered && !differs
    }
}
