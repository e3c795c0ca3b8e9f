#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

use std::io;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind, SecretString, interactive};
use tokio::sync::{Mutex, MutexGuard};

#[cfg(not(unix))]
use self::other as terminal;
#[cfg(unix)]
use self::unix as terminal;
use super::{MfaChallenge, MfaCode, MfaReason, MfaTokenProvider};

/// An MFA code from the person at the terminal.
///
/// It asks on the controlling terminal, or on standard error where there is none,
/// and never on standard output, which may be piped to a program. What is typed is
/// not shown. One question is asked at a time in the whole process. The wait for
/// the person keeps no thread of the executor from its work.
#[derive(Debug, Clone)]
pub struct MfaPrompt {
    attempts: u32,
}

impl MfaPrompt {
    /// Asks up to three times while STS rejects the code.
    #[must_use]
    pub fn new() -> Self {
        Self { attempts: 3 }
    }

    /// Asks up to so many times while STS rejects the code; at least once.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    async fn ask(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        // The turn of another question ends when a person has answered that one.
        let turn = interactive(ONE_AT_A_TIME.lock()).await;
        let question = question(challenge);
        let failed = |error| unavailable("could not ask for the MFA code").with_source(error);
        // To drop the writing end, with this future, is to take the question back.
        let (cancelled, _asking) = io::pipe().map_err(failed)?;
        let conversation =
            tokio::task::spawn_blocking(move || converse(question, &cancelled, turn));
        interactive(conversation).await.map_err(|gone| {
            unavailable("the prompt for the MFA code was given up").with_source(gone)
        })?
    }
}

impl Default for MfaPrompt {
    fn default() -> Self {
        Self::new()
    }
}

/// # Errors
///
/// [`MfaCodeUnavailable`](ErrorKind::MfaCodeUnavailable) at the end of input, on
/// an interrupt, or if three answers in a row are not six digits.
///
/// # Cancel safety
///
/// Dropping the future takes the question back, restores the terminal and lets
/// the next question be asked.
#[async_trait]
impl MfaTokenProvider for MfaPrompt {
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        self.ask(challenge).await
    }

    fn attempts(&self) -> u32 {
        self.attempts
    }
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Misspellings that are forgiven before STS hears of any.
const SPELLINGS: u32 = 3;

/// What came of a question.
enum Answer {
    Line(SecretString),
    EndOfInput,
    Interrupted,
    Cancelled,
}

/// `turn` is kept until the terminal is as it was before, also when nobody waits
/// for the answer any more.
fn converse(
    mut question: String,
    cancelled: &io::PipeReader,
    turn: MutexGuard<'static, ()>,
) -> Result<MfaCode, Error> {
    let mut outcome = Err(unavailable("no MFA code was entered"));
    for _ in 0..SPELLINGS {
        let answer = terminal::ask(&question, cancelled).map_err(|error| {
            unavailable("could not ask for the MFA code on the terminal").with_source(error)
        })?;
        match answer {
            Answer::Line(line) => outcome = MfaCode::parse(line),
            Answer::EndOfInput => {
                return Err(unavailable(
                    "end of input instead of an MFA code; is there a terminal?",
                ));
            }
            Answer::Interrupted => {
                return Err(unavailable("the prompt for the MFA code was interrupted"));
            }
            Answer::Cancelled => {
                return Err(unavailable("the prompt for the MFA code was taken back"));
            }
        }
        if outcome.is_ok() {
            break;
        }
        question = "An MFA code is six digits, once more: ".into();
    }
    drop(turn);
    outcome
}

fn question(challenge: &MfaChallenge) -> String {
    let serial = challenge.serial();
    match challenge.reason() {
        MfaReason::CodeRejected => {
            format!("AWS did not accept that code. Next MFA code for {serial}: ")
        }
        _ => format!("MFA code for {serial}: "),
    }
}

fn unavailable(what: &'static str) -> Error {
    Error::new(ErrorKind::MfaCodeUnavailable, what)
}
