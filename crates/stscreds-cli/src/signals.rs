#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use self::other::{Signals, Stops};
#[cfg(unix)]
pub(crate) use self::unix::{Signals, Stops};
