use std::fmt;
use std::process::ExitCode;

use stscreds::core::Actor;
use stscreds::{Error, ErrorKind};

/// Why a command has no result: the sentence for a person and the exit code for a program.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    what: String,
}

/// The exit codes of every command but `exec`, whose own are 125 to 127.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Anything that has no code of its own.
    Other,
    /// Arguments, profile files or the environment are wrong.
    Usage,
    /// A person must enter a code or sign in.
    NeedsPerson,
    /// STS refused.
    Denied,
    /// STS cannot be reached or does not work.
    Unreachable,
    /// `exec`: it could not prepare the program's environment.
    NotPrepared,
    /// `exec`: the program cannot be executed.
    NotExecutable,
    /// `exec`: there is no such program.
    NotFound,
    /// A signal ended the command.
    Signal(u8),
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::NeedsPerson => 3,
            Self::Denied => 4,
            Self::Unreachable => 5,
            Self::NotPrepared => 125,
            Self::NotExecutable => 126,
            Self::NotFound => 127,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }

    /// The exit code in a file that another process wrote.
    pub(crate) fn of_code(code: u64) -> Self {
        match code {
            2 => Self::Usage,
            3 => Self::NeedsPerson,
            4 => Self::Denied,
            5 => Self::Unreachable,
            _ => Self::Other,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into() }
    }

    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    pub(crate) fn other(what: impl Into<String>) -> Self {
        Self::new(Exit::Other, what)
    }

    pub(crate) fn needs_person(what: impl Into<String>) -> Self {
        Self::new(Exit::NeedsPerson, what)
    }

    /// A failure of a call to STS at this endpoint.
    pub(crate) fn of_call(error: &Error, endpoint: &str) -> Self {
        let exit = exit_of(error.kind());
        match exit {
            Exit::Unreachable => Self::new(exit, format!("{error} (endpoint {endpoint})")),
            _ => Self::new(exit, error.to_string()),
        }
    }

    /// One whose reason is on standard output already.
    pub(crate) fn said(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    pub(crate) fn is_said(&self) -> bool {
        self.what.is_empty()
    }

    /// Whether a session that is still valid may be used instead.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self.exit, Exit::Unreachable | Exit::NeedsPerson)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(exit_of(error.kind()), error.to_string())
    }
}

/// Control characters are escaped: a name in a file must not drive the terminal.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Shown(&self.what), f)
    }
}

/// Text from a file or a variable, with its control characters escaped.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_unsafe = |c: char| c.is_control() || REORDERING.contains(&c);
        self.0.chars().try_for_each(|c| match c {
            c if is_unsafe(c) => write!(f, "{}", c.escape_unicode()),
            c => write!(f, "{c}"),
        })
    }
}

/// Characters that change the order in which a terminal shows the others.
const REORDERING: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

fn exit_of(kind: ErrorKind) -> Exit {
    match kind {
        ErrorKind::MfaRequired | ErrorKind::MfaCodeRejected | ErrorKind::MfaCodeUnavailable => {
            Exit::NeedsPerson
        }
        ErrorKind::AccessDenied
        | ErrorKind::IdentityRejected
        | ErrorKind::SourceCredentialsExpired
        | ErrorKind::SourceCredentialsRejected
        | ErrorKind::SignatureMismatch
        | ErrorKind::RegionDisabled => Exit::Denied,
        ErrorKind::Throttled
        | ErrorKind::ServiceUnavailable
        | ErrorKind::ConnectionFailed
        | ErrorKind::TimedOut => Exit::Unreachable,
        kind if kind.actor() == Actor::Caller => Exit::Usage,
        _ => Exit::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_reordering_characters_are_escaped() {
        let shown = Failure::other("a\x1b[31m\u{202e}b\n").to_string();

        assert_eq!(shown, r"a\u{1b}[31m\u{202e}b\u{a}");
    }

    #[test]
    fn every_kind_has_an_exit_code_that_survives_a_file() {
        for kind in ErrorKind::ALL {
            let exit = exit_of(*kind);
            assert!((1..=5).contains(&exit.code()), "{kind:?}");
            assert_eq!(Exit::of_code(exit.code().into()), exit, "{kind:?}");
        }
    }
}
