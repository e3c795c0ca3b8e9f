//! Reports what happens: events, log lines and statistics.

pub(crate) mod audience;
pub(crate) mod event;
pub(crate) mod log;
pub(crate) mod observer;
pub(crate) mod stats;
pub(crate) mod subscription;
