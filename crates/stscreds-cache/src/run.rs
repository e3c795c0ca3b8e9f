//! Carries the decisions out: the one place that spawns tasks and calls the source.

pub(crate) mod background;
pub(crate) mod engine;
pub(crate) mod hooks;
pub(crate) mod item;
pub(crate) mod limit;
pub(crate) mod refresh_task;
pub(crate) mod shared;
pub(crate) mod upkeep;
pub(crate) mod watchdog;
