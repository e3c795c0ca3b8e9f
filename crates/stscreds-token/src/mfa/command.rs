use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind, interactive};

use super::{MfaChallenge, MfaCode, MfaTokenProvider};
use crate::ProgramOutput;

/// An MFA code from the first line that a program prints, such as
/// `ykman oath accounts code --single aws`.
///
/// The program is run directly, not by a shell. It is told about the challenge in
/// the variables `STSCREDS_MFA_SERIAL` and `STSCREDS_MFA_ATTEMPT`, inherits
/// standard input to ask a person if it must, and is killed after
/// [`timeout`](Self::timeout) or when the future is dropped. That is its only time
/// limit: those around it, such as a cache's, stand still meanwhile.
#[derive(Debug, Clone)]
pub struct MfaCommand {
    program: OsString,
    arguments: Vec<OsString>,
    timeout: Duration,
    attempts: u32,
}

impl MfaCommand {
    /// Runs this program, found by `PATH` if its name has no slash.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            attempts: 1,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// How long the program may take: 60 s if not set, enough for a person to
    /// find the key to touch.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs it up to so many times while STS rejects the code: once if not set, and more
    /// for a program that asks a person; at least once.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    async fn run(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        let program = self.program.to_string_lossy();
        let unavailable = |what: String| {
            Error::new(ErrorKind::MfaCodeUnavailable, format!("the MFA command {program} {what}"))
        };

        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("STSCREDS_MFA_SERIAL", challenge.serial().as_str())
            .env("STSCREDS_MFA_ATTEMPT", challenge.attempt().to_string());
        let run = ProgramOutput::of(command);
        let output = interactive(tokio::time::timeout(self.timeout, run))
            .await
            .map_err(|_elapsed| unavailable(format!("took longer than {:?}", self.timeout)))?
            .map_err(|error| unavailable("could not be run".into()).with_source(error))?;

        let status = output.status();
        if !status.success() {
            return Err(unavailable(format!("failed ({status}): {}", excerpt(output.stderr()))));
        }
        let line = output.stdout().split(|byte| *byte == b'\n').next().unwrap_or_default();
        // What is not UTF-8 is no code, and neither is nothing.
        MfaCode::parse(std::str::from_utf8(line).unwrap_or_default()).map_err(|error| {
            error.with_context(format_args!("first line of the output of {program}"))
        })
    }
}

/// # Errors
///
/// [`MfaCodeUnavailable`](ErrorKind::MfaCodeUnavailable) if the program cannot be
/// run, fails (with what it wrote to standard error), takes too long or prints no
/// code.
///
/// # Cancel safety
///
/// Dropping the future kills the program.
#[async_trait]
impl MfaTokenProvider for MfaCommand {
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        self.run(challenge).await
    }

    fn attempts(&self) -> u32 {
        self.attempts
    }
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The last of what a program complained of, on one line, each digit masked: a
/// program may complain about the very code that it was to print.
fn excerpt(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let masked: Vec<char> =
        line.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
    let start = masked.len().saturating_sub(MAX_EXCERPT_CHARS);
    masked.get(start..).unwrap_or_default().iter().collect()
}

/// Three lines of a terminal.
const MAX_EXCERPT_CHARS: usize = 240;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_shows_no_digits() {
        assert_eq!(excerpt(b"no device\n  for 735911\n"), "no device for ######");
        assert_eq!(excerpt("é".repeat(10_000).as_bytes()).chars().count(), 240);
        assert_eq!(excerpt(b"\xff"), "\u{fffd}");
    }
}
