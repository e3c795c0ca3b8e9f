use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use stscreds::core::{SecretString, SessionKey};
use stscreds::token::{MfaChallenge, MfaCode, MfaCommand, MfaPrompt, MfaSerial, MfaTokenProvider};
use stscreds::{Error, ErrorKind};

use crate::arguments::Options;
use crate::clock::now;
use crate::journey::Journey;
use crate::signals::Stops;
use crate::store::Held;
use crate::terminal::{EchoWatch, has_person, stop};

/// Where the MFA code of a command comes from.
#[derive(Debug, Clone)]
enum Origin {
    /// The person at the terminal, who may also run this.
    Person { command: String },
    /// Standard input, by `--mfa-code -`.
    StandardInput,
    /// A command that prints it.
    Command(String),
}

/// The codes for one step, asked for while the device's lock is held.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    origin: Origin,
    /// The locks whose notes say that a person is asked.
    held: Arc<Mutex<Vec<Held>>>,
}

impl Codes {
    pub(crate) fn of(journey: &Journey, options: &Options, held: Vec<Held>) -> Self {
        let origin = match (&options.mfa_code, &journey.mfa_process) {
            (Some(_), _) => Origin::StandardInput,
            (None, Some(command)) => Origin::Command(command.clone()),
            (None, None) => Origin::Person { command: journey.login_command() },
        };
        Self { origin, held: Arc::new(Mutex::new(held)) }
    }

    /// The locks, once the call is over.
    pub(crate) fn locks(&self) -> Vec<Held> {
        std::mem::take(&mut self.held())
    }

    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A code that was not sent before, by this process or by another.
    async fn unused_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        let mut challenge = challenge.clone();
        for _ in 0..LOOKS {
            let code = self.code(&challenge).await?;
            let digest = SessionKey::builder("MfaCode")
                .part("SerialNumber", challenge.serial().as_str())
                .part("TokenCode", code.expose())
                .build()
                .to_string();
            if self.take(&digest) {
                return Ok(code);
            }
            match self.origin {
                Origin::Person { .. } => challenge = challenge.after_rejection(),
                Origin::Command(_) => tokio::time::sleep(PAUSE).await,
                Origin::StandardInput => break,
            }
        }
        let what = "this MFA code was sent before, and STS takes a code once; wait for the next";
        Err(Error::new(ErrorKind::MfaCodeRejected, what))
    }

    /// Notes that a code is sent; false if it was sent before.
    fn take(&self, digest: &str) -> bool {
        let mut held = self.held();
        let is_new = !held.iter().any(|held| held.has_used(digest));
        held.iter_mut().for_each(|held| held.uses(digest));
        is_new
    }

    async fn code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        match &self.origin {
            Origin::StandardInput => code_of_standard_input(),
            Origin::Command(command) => command_of(command).token_code(challenge).await,
            Origin::Person { command } => self.ask(challenge, command).await,
        }
    }

    async fn ask(&self, challenge: &MfaChallenge, command: &str) -> Result<MfaCode, Error> {
        if !has_person() {
            let serial = challenge.serial();
            let what = format!(
                "an MFA code of {serial} is needed and this process has no terminal in the \
                 foreground; run in a terminal: {command}"
            );
            return Err(Error::new(ErrorKind::MfaCodeUnavailable, what));
        }
        self.held().iter_mut().for_each(|held| held.waits_for_person(now()));
        asked(challenge).await
    }
}

/// A device shows a code for 30 seconds.
const LOOKS: u32 = 35;
const PAUSE: Duration = Duration::from_secs(1);

#[async_trait]
impl MfaTokenProvider for Codes {
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        self.unused_code(challenge).await
    }

    fn attempts(&self) -> u32 {
        match self.origin {
            Origin::Person { .. } => 3,
            Origin::StandardInput | Origin::Command(_) => 1,
        }
    }
}

/// A prompt that Ctrl-Z, sent from elsewhere, finds with the terminal as it was before.
async fn asked(challenge: &MfaChallenge) -> Result<MfaCode, Error> {
    let failed = |error: io::Error| {
        Error::new(ErrorKind::MfaCodeUnavailable, "cannot listen for signals").with_source(error)
    };
    let mut stops = Stops::listen().map_err(failed)?;
    let prompt = MfaPrompt::new();
    loop {
        let before = EchoWatch::begin();
        tokio::select! {
            code = prompt.token_code(challenge) => return code,
            () = stops.next() => {}
        }
        before.restored().await;
        stop();
    }
}

/// One line of standard input, which is not read further.
fn code_of_standard_input() -> Result<MfaCode, Error> {
    let unreadable = |error| {
        Error::new(ErrorKind::MfaCodeUnavailable, "cannot read the MFA code from standard input")
            .with_source(error)
    };
    let mut line = String::with_capacity(64);
    for byte in io::stdin().lock().bytes().take(64) {
        match byte.map_err(unreadable)? {
            b'\n' => break,
            byte => line.push(char::from(byte)),
        }
    }
    MfaCode::parse(SecretString::from(line))
}

/// By a shell, as `mfa_process` of aws-vault is.
fn command_of(command: &str) -> MfaCommand {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    MfaCommand::new(shell).arg(option).arg(command)
}

/// The key of a device, for the name of its lock file.
pub(crate) fn device_key(serial: &MfaSerial) -> SessionKey {
    SessionKey::builder("MfaDevice").part("SerialNumber", serial.as_str()).build()
}
