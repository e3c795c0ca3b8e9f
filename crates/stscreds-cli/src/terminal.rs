#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use self::other::{EchoWatch, has_person, stop};
#[cfg(unix)]
pub(crate) use self::unix::{EchoWatch, has_person, stop};
