/// The value was rejected by whoever it was presented to.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    /// The id of the rejected value, if it has one.
    id: Option<Box<str>>,
    /// Whether a flight was under way when it came.
    during_flight: bool,
}

impl Rejection {
    pub(super) fn new(id: Option<&str>, during_flight: bool) -> Self {
        Self { id: id.map(Box::from), during_flight }
    }

    /// The flight that it came during is over; the next one begins after it.
    pub(super) fn landed(self) -> Self {
        Self { during_flight: false, ..self }
    }

    /// Whether a value that arrives with this id is rejected as well: if the
    /// flight had begun before the rejection and the id is not known to differ.
    pub(super) fn covers_arrival(&self, id: Option<&str>) -> bool {
        let differs = matches!((&self.id, id), (Some(rejected), Some(id)) if **rejected != *id);
        self.during_flight && !differs
    }
}
