use std::io;

use data_encoding::HEXLOWER;

use super::arguments::Server;

/// Who may use the side door.
pub(super) enum ControlToken {
    /// Whoever reaches it: only this machine can.
    Unneeded,
    /// Whoever knows what the starter of the server knows.
    Given(String),
    /// Whoever can read what the server shows at its start.
    MadeUp(String),
}

impl ControlToken {
    /// A fake that others reach must not hand its world, with all its secrets, to anybody who asks. Refusing to start would be as safe, but
    /// stand in the way of a first `docker run`.
    pub(super) fn of(arguments: &Server) -> io::Result<Self> {
        match &arguments.control_token {
            Some(token) => Ok(Self::Given(token.clone())),
            None if arguments.host.is_loopback() => Ok(Self::Unneeded),
            None => {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
                Ok(Self::MadeUp(HEXLOWER.encode(&bytes)))
            }
        }
    }

    pub(super) fn required(&self) -> Option<&str> {
        match self {
            Self::Unneeded => None,
            Self::Given(token) | Self::MadeUp(token) => Some(token),
        }
    }

    /// One that was given is somebody's secret, and is not repeated.
    pub(super) fn to_show(&self) -> Option<&str> {
        match self {
            Self::Unneeded | Self::Given(_) => None,
            Self::MadeUp(token) => Some(token),
        }
    }
}
