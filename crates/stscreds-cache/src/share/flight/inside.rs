//! Which flights a thread is inside of: whose source it polls just now.
//!
//! A source that asks its own cache would wait for the flight that waits for it. Seen
//! here, it is told so. What it spawned as a task of its own is not inside.

use std::cell::RefCell;
use std::sync::Arc;

use super::Flight;

thread_local! {
    /// Innermost last; addresses of flights that their tasks keep alive meanwhile.
    static FLIGHTS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Polls the source of this flight.
pub(crate) fn enter<V, R>(flight: &Arc<Flight<V>>, poll: impl FnOnce() -> R) -> R {
    let address = address(flight);
    on_this_thread(|flights| flights.push(address));
    let _leave = Leave;
    let _polling = flight.polling();
    poll()
}

/// Whether this thread is inside of this flight.
pub(crate) fn is_inside<V>(flight: &Arc<Flight<V>>) -> bool {
    let address = address(flight);
    on_this_thread(|flights| flights.contains(&address)).unwrap_or(false)
}

/// Also when a poll panics.
struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        on_this_thread(Vec::pop);
    }
}

/// A thread that is ending is inside of nothing.
fn on_this_thread<R>(look: impl FnOnce(&mut Vec<usize>) -> R) -> Option<R> {
    FLIGHTS.try_with(|flights| look(&mut flights.borrow_mut())).ok()
}

fn address<V>(flight: &Arc<Flight<V>>) -> usize {
    Arc::as_ptr(flight).addr()
}
