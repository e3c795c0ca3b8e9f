use std::fmt;
use std::process::Command;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{
    Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource, SessionKey, interactive,
};
use stscreds_token::ProgramOutput;

use super::role::refused;
use super::words::words;
use crate::credential_process;

/// Credentials that a program prints: the `credential_process` of a profile.
///
/// Run directly, not by a shell. It may ask a person on the terminal, so the time
/// limits around it are paused; its own is a minute.
pub struct CredentialProcess {
    profile: String,
    program: String,
    arguments: Vec<String>,
    account_id: Option<String>,
}

impl CredentialProcess {
    pub fn parse(profile: &str, command: &str) -> Result<Self, Error> {
        let words = words(command).ok_or_else(|| {
            refused(format!(
                "the credential_process of profile {profile:?} has an unterminated quote"
            ))
        })?;
        let mut words = words.into_iter();
        match words.next() {
            Some(program) => Ok(Self {
                profile: profile.to_owned(),
                program,
                arguments: words.collect(),
                account_id: None,
            }),
            None => Err(refused(format!("profile {profile:?} has an empty credential_process"))),
        }
    }

    /// The account to report if the program does not.
    pub fn account_id(mut self, account_id: Option<String>) -> Self {
        self.account_id = account_id;
        self
    }

    async fn run(&self) -> Result<Credentials, Error> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        let run = ProgramOutput::of(command);
        let output = interactive(tokio::time::timeout(TIMEOUT, run)).await;
        let output = output
            .map_err(|_elapsed| self.failed(&format!("took longer than {TIMEOUT:?}")))?
            .map_err(|error| self.failed("could not be run").with_source(error))?;
        let status = output.status();
        if !status.success() {
            let complaint = excerpt(output.stderr());
            return Err(self.failed(&format!("failed ({status}): {complaint}")));
        }
        credential_process::parse_output(output.stdout(), self.account_id.as_deref()).map_err(
            |error| {
                error.with_context(format_args!("credential_process of profile {:?}", self.profile))
            },
        )
    }

    fn failed(&self, how: &str) -> Error {
        let Self { profile, program, .. } = self;
        let what = format!("the credential_process {program} of profile {profile:?} {how}");
        // Not that there are none: nothing may take the place of a program that fails.
        Error::new(ErrorKind::Other, what)
    }
}

/// # Cancel safety
///
/// Dropping the future kills the program.
#[async_trait]
impl CredentialsProvider for CredentialProcess {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.run().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Process]
    }

    /// Of the command line: what the program will print cannot be known without running it.
    fn session_key(&self) -> Option<SessionKey> {
        let key = SessionKey::builder("credential_process").part("Program", &self.program);
        let arguments = self.arguments.iter();
        Some(arguments.fold(key, |key, argument| key.part("Argument", argument)).build())
    }
}

/// The arguments may hold a password.
impl fmt::Debug for CredentialProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialProcess")
            .field("profile", &self.profile)
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// As long as the AWS CLI's users wait for a person at a single sign-on.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The last of what a program complained of, on one line, without words so long that
/// they may be keys or tokens.
fn excerpt(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let shown = |word: &str| match word.chars().count() {
        ..SECRET_CHARS => word.to_owned(),
        _ => "[..]".to_owned(),
    };
    let line: Vec<_> = text.split_whitespace().map(shown).collect();
    let line: Vec<char> = line.join(" ").chars().collect();
    line.iter().skip(line.len().saturating_sub(240)).collect()
}

/// An access key id has 20 characters, a secret 40, a token hundreds.
const SECRET_CHARS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_shows_nothing_as_long_as_a_key() {
        assert_eq!(excerpt(b"no session\n  for al\n"), "no session for al");
        assert_eq!(excerpt(b"got wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY !"), "got [..] !");
        assert_eq!(excerpt("é ".repeat(1_000).as_bytes()).chars().count(), 240);
    }

    #[test]
    fn a_command_is_words() {
        let process = CredentialProcess::parse("p", "vault read 'aws creds'").unwrap();
        assert_eq!((process.program.as_str(), process.arguments.len()), ("vault", 2));
        assert!(!format!("{process:?}").contains("creds\""));

        for wrong in ["", "  ", "vault 'x"] {
            let error = CredentialProcess::parse("p", wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        }
    }
}
