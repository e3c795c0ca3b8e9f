use std::time::Duration;

use stscreds::Credentials;
use stscreds::core::Timestamp;

use crate::arguments::Options;
use crate::failure::{Exit, Failure};
use crate::notes::Notes;
use crate::store::{Attempt, Held, Place, State};
use crate::terminal::has_person;

/// How a process waits for another that is already getting what it wants.
#[derive(Debug)]
pub(crate) struct Queue<'a> {
    pub(crate) options: &'a Options,
    pub(crate) notes: &'a Notes,
    pub(crate) started: Timestamp,
}

/// How the wait ended.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Another process got it meanwhile.
    Found(Credentials),
    /// It is for this process to get it.
    Ours(Held),
}

impl Queue<'_> {
    /// Waits until there is what is looked for, or until the lock is free.
    ///
    /// A holder that fails while this process waits fails for it too: otherwise as many
    /// calls would follow as there are processes, and as many questions.
    pub(crate) async fn turn(
        &self,
        place: &mut Place,
        what: &str,
        login: &str,
        found: impl Fn() -> Option<Credentials>,
    ) -> Result<Turn, Failure> {
        let limit = self.options.wait.unwrap_or(DEFAULT_WAIT);
        let (mut waited, mut pause, mut told) = (Duration::ZERO, FIRST_PAUSE, false);
        loop {
            let attempt = place.attempt();
            // Looked at with the lock: its last holder may have just kept what is wanted.
            if let Some(session) = found() {
                return Ok(Turn::Found(session));
            }
            let note = match attempt {
                Attempt::Held(mut held) => {
                    return match held.note().map(|note| (note.since, note.state)) {
                        Some((since, State::Failed(failure))) if since >= self.started => {
                            Err(failure)
                        }
                        _ => Ok(Turn::Ours(held)),
                    };
                }
                Attempt::Busy => place.note(),
            };
            let asking = note.filter(|note| matches!(note.state, State::WaitsForPerson));
            if let Some(note) = &asking
                && !has_person()
            {
                return Err(Failure::needs_person(format!(
                    "process {} has been waiting for a person since {}: {what}; answer there, or \
                     run in a terminal: {login}",
                    note.pid, note.since
                )));
            }
            if waited >= limit {
                let exit = if asking.is_some() { Exit::NeedsPerson } else { Exit::Other };
                return Err(Failure::new(
                    exit,
                    format!("another process has been getting {what} for {limit:?}; see --wait"),
                ));
            }
            if waited >= QUIET && !told {
                told = true;
                match &asking {
                    Some(note) => self.notes.note(format_args!(
                        "waiting for process {}, which has been waiting for a person since {}",
                        note.pid, note.since
                    )),
                    None => self.notes.note(format_args!("waiting for another process: {what}")),
                }
            }
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }
}

const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// So long nothing is said of a wait.
const QUIET: Duration = Duration::from_secs(2);

/// Two hundred processes that look so often take a few percent of a processor.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_millis(100);
