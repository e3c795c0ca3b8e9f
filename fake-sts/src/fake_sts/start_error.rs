use std::io;
use std::net::SocketAddr;

use crate::clock::ClockError;
use crate::control_token::UnusableControlToken;
use crate::world::WorldError;

/// Why a fake did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The world cannot be.
    #[error("the world is not valid")]
    World(#[from] WorldError),
    /// The clock cannot stand there.
    #[error("the time to start at is not possible")]
    Clock(#[from] ClockError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; {}", remedy(.source))]
    #[non_exhaustive]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The control token cannot be sent.
    #[error(transparent)]
    ControlToken(#[from] UnusableControlToken),
    /// An endpoint is to give out credentials of a role that the world does not have.
    #[error("there is no role {role} to serve; give the ARN or the name of a role of the world")]
    #[non_exhaustive]
    Serve {
        /// What was given.
        role: String,
    },
    /// There can be no thread to serve a blocking fake.
    #[error("there is no thread for a blocking fake; start fewer at the same time")]
    Thread(#[source] io::Error),
    /// The system gives no random bytes for the key that seals session tokens.
    #[error("the system gives no random bytes; give a session key instead")]
    Chance(#[source] io::Error),
}

/// What to do about an address that is not to be had.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrNotAvailable => {
            "give an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 are for privileged users; take a higher one"
        }
        _ => "is another server there? Leave the port out, or 0, for a free one",
    }
}
