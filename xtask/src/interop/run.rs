use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// Why there is no result of a client.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// Something is not there that has nothing to do with us: a language, a registry.
    Missing(String),
    /// It ran, and found something.
    Failed(String),
}

/// How long an installation or a suite may take. Both take seconds; who waits longer waits for ever.
const LIMIT: Duration = Duration::from_secs(300);

const PAUSE: Duration = Duration::from_millis(50);

/// Runs to the end, and keeps in this file what it says.
///
/// # Errors
///
/// The end of what it said, or that it cannot be started.
pub(super) fn finish(command: &mut Command, log: &Path) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let file = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
    let also = file.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
    // Nobody is there to answer a question.
    command.stdin(Stdio::null()).stdout(file).stderr(also);
    let mut child = command.spawn().map_err(|error| format!("there is no `{program}`: {error}"))?;
    let status = wait(&mut child);
    let said = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let said = said.map_err(|error| format!("{}: {error}", log.display()))?;
    match status {
        Ok(Some(status)) if status.success() => Ok(said),
        Ok(Some(status)) => {
            Err(format!("{status}; all of it is in {}\n{}", log.display(), end_of(&said)))
        }
        Ok(None) => {
            Err(format!("no end after {LIMIT:?}; see {}\n{}", log.display(), end_of(&said)))
        }
        Err(error) => Err(format!("{program}: {error}")),
    }
}

/// Its status; nothing if it had to be stopped.
fn wait(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    let mut waited = Duration::ZERO;
    while waited < LIMIT {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(PAUSE);
        waited += PAUSE;
    }
    child.kill()?;
    child.wait().map(|_| None)
}

fn end_of(said: &str) -> String {
    let lines: Vec<_> = said.lines().collect();
    let end = &lines[lines.len().saturating_sub(40)..];
    end.iter().map(|line| format!("    {line}\n")).collect()
}

/// The last line that is not empty.
pub(super) fn last_line(said: &str) -> &str {
    said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}
