//! Waits for an instant of real time without a runtime's timer.
//!
//! A runtime may have no timer, and tokio tells only by a panic. It may also stall, and then
//! its timers do too. So one thread wakes everybody who waits, and lives only while somebody
//! does. Where time is virtual, as in a test with tokio's paused clock, tokio's own timer is
//! the right one: see [`Timer`].

mod board;
mod timer;

pub(crate) use self::board::Alarm;
#[cfg(all(test, not(stscreds_loom)))]
pub(crate) use self::board::elapse;
pub(crate) use self::timer::{Timer, is_virtual};
