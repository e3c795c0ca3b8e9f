//! All that threads share: every lock and every atomic that guards a value.

pub(crate) mod flight;
pub(crate) mod slot;
pub(crate) mod sync;
