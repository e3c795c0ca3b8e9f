use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};

use serde_json::{Value, json};
use stscreds::core::Timestamp;

use crate::failure::{Exit, Failure};

/// A lock file: where processes queue that want the same session or the same device.
///
/// The lock is the kernel's and ends with the process that holds it.
#[derive(Debug)]
pub(crate) struct Place {
    file: Option<File>,
}

/// The lock, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    file: Option<File>,
    waits_for_person: bool,
    /// The digest of the MFA code that was sent last: STS takes a code once.
    used_code: Option<String>,
}

/// What the holder of a lock wrote for those who wait.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) state: State,
    pub(crate) since: Timestamp,
    pub(crate) pid: u64,
}

#[derive(Debug, Clone)]
pub(crate) enum State {
    /// A person is asked for an MFA code.
    WaitsForPerson,
    /// The last attempt failed.
    Failed(Failure),
}

pub(crate) enum Attempt {
    Held(Held),
    Busy,
}

impl Place {
    pub(super) fn new(file: Option<File>) -> Self {
        Self { file }
    }

    /// Takes the lock if it is free. Without a file, or where the file system has no
    /// locks, there is nothing to wait for.
    pub(crate) fn attempt(&mut self) -> Attempt {
        match self.file.as_ref().map(File::try_lock) {
            Some(Err(TryLockError::WouldBlock)) => Attempt::Busy,
            _ => Attempt::Held(Held::new(self.file.take())),
        }
    }

    pub(crate) fn note(&mut self) -> Option<Note> {
        note_in(self.file.as_mut()?)
    }
}

impl Held {
    fn new(mut file: Option<File>) -> Self {
        let note = file.as_mut().and_then(value_in);
        let used_code = note.and_then(|note| Some(note.get(USED_CODE)?.as_str()?.to_owned()));
        Self { file, waits_for_person: false, used_code }
    }

    pub(crate) fn note(&mut self) -> Option<Note> {
        note_in(self.file.as_mut()?)
    }

    /// Tells those who wait that a person is asked.
    pub(crate) fn waits_for_person(&mut self, now: Timestamp) {
        self.waits_for_person = true;
        self.write(&json!({"State": "waiting for a person", "Since": now.to_string()}));
    }

    /// Tells those who wait that the attempt that they waited for failed.
    pub(crate) fn failed(&mut self, failure: &Failure, now: Timestamp) {
        self.waits_for_person = false;
        let (what, exit) = (failure.to_string(), failure.exit.code());
        self.write(&json!({
            "State": "failed", "Since": now.to_string(), "What": what, "Exit": exit,
        }));
    }

    /// Whether this is the digest of the code that was sent last.
    pub(crate) fn has_used(&self, code: &str) -> bool {
        self.used_code.as_deref() == Some(code)
    }

    pub(crate) fn uses(&mut self, code: &str) {
        self.used_code = Some(code.to_owned());
    }

    pub(crate) fn succeeded(&mut self) {
        self.waits_for_person = false;
        self.write(&json!({}));
    }

    /// A note that cannot be written costs those who wait an explanation.
    fn write(&mut self, note: &Value) {
        let Some(file) = &mut self.file else { return };
        let mut note = note.clone();
        note["Pid"] = std::process::id().into();
        if let Some(code) = &self.used_code {
            note[USED_CODE] = code.as_str().into();
        }
        let _ = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(note.to_string().as_bytes()));
    }
}

/// A prompt that a signal ended: those who wait must not each ask the person again.
impl Drop for Held {
    fn drop(&mut self) {
        if self.waits_for_person {
            let interrupted = Failure::needs_person("the prompt for the MFA code was interrupted");
            self.failed(&interrupted, crate::clock::now());
        }
    }
}

impl Note {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        Self::of(&serde_json::from_slice(text).ok()?)
    }

    fn of(note: &Value) -> Option<Self> {
        let member = |name: &str| note.get(name)?.as_str();
        let state = match member("State")? {
            "failed" => {
                let exit = Exit::of_code(note.get("Exit")?.as_u64()?);
                State::Failed(Failure::new(exit, member("What")?))
            }
            _ => State::WaitsForPerson,
        };
        let since = member("Since")?.parse().ok()?;
        Some(Self { state, since, pid: note.get("Pid")?.as_u64()? })
    }
}

fn note_in(file: &mut File) -> Option<Note> {
    Note::of(&value_in(file)?)
}

/// A note that is just being written is read as none.
fn value_in(file: &mut File) -> Option<Value> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(64 * 1024).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

const USED_CODE: &str = "UsedCode";
