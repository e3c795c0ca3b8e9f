use std::error::Error;
use std::process::ExitCode;
use std::{fmt, io};

use fake_sts::StartError;

/// Why the program ends, in one line, and with which code.
#[derive(Debug)]
pub(super) struct Failure {
    error: Box<dyn Error>,
    code: u8,
}

impl Failure {
    /// What was asked for cannot be.
    pub(super) fn unusable(error: impl Into<Box<dyn Error>>) -> Self {
        Self { error: error.into(), code: 2 }
    }

    /// It could be, but not here and now.
    pub(super) fn prevented(error: impl Into<Box<dyn Error>>) -> Self {
        Self { error: error.into(), code: 1 }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        self.code.into()
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Bind { .. } | StartError::Chance(_) | StartError::Thread(_) => {
                Self::prevented(error)
            }
            _ => Self::unusable(error),
        }
    }
}

/// Of standard output and the runtime.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::prevented(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.error.to_string();
        let mut source = self.error.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        f.write_str(&text.replace(['\n', '\r'], " "))
    }
}
