//! When a value is refreshed and what callers get: pure functions of what is known, the
//! policy and the time. No clock, no chance, no lock, no task.

pub(crate) mod consequence;
pub(crate) mod deadlines;
pub(crate) mod entry;
pub(crate) mod phase;
pub(crate) mod policy;
