use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// What goes wrong with one response of an [endpoint](super).
///
/// Each was seen on a real endpoint or proxy, and took clients in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointFault {
    /// An error with this status, from 400 to 599.
    Status(u16),
    /// Status 200 and success, with empty keys in it.
    EmptyKeys,
    /// Status 200 with an HTML page.
    Page,
    /// Status 200 with half of the document.
    Truncated,
    /// Status 200 with a document without `Expiration`.
    NoExpiration,
}

/// What goes wrong with the next responses, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<VecDeque<EndpointFault>>);

impl Faults {
    pub(crate) fn add(&self, fault: EndpointFault, times: usize) {
        self.lock().extend(std::iter::repeat_n(fault, times.min(LIMIT)));
    }

    pub(super) fn next(&self) -> Option<EndpointFault> {
        self.lock().pop_front()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<EndpointFault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More than any test counts.
const LIMIT: usize = 10_000;
