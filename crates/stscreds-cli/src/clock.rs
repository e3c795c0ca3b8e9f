use stscreds::core::{Clock, Timestamp};

/// The time of the system.
pub(crate) fn now() -> Timestamp {
    Clock::system().now()
}
