use std::pin::Pin;
use std::task::{Context, Waker};

use stscreds_core::InteractiveScope;

/// Whether the future, polled once, waits for a person, so that the time limits around it
/// stand still.
pub fn is_waited_for(asking: Pin<&mut impl Future>) -> bool {
    let limit = InteractiveScope::new();
    let polled = limit.enter(|| asking.poll(&mut Context::from_waker(Waker::noop())));
    polled.is_pending() && limit.is_open()
}
