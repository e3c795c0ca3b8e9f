use std::fs::{File, OpenOptions};
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getpid, kill_process};
use rustix::termios::{LocalModes, Termios, tcgetattr, tcgetpgrp};

/// Whether a person can answer here: there is a terminal, and this process group is in
/// its foreground. In the background a prompt would stop the job, or take the keys that
/// are meant for another program.
pub(crate) fn has_person() -> bool {
    let Some(terminal) = terminal() else { return false };
    tcgetpgrp(&terminal).is_ok_and(|foreground| foreground == getpgrp())
}

/// The modes of the terminal before a prompt.
#[derive(Debug)]
pub(crate) struct EchoWatch(Option<(File, Termios)>);

impl EchoWatch {
    pub(crate) fn begin() -> Self {
        Self(
            terminal()
                .and_then(|terminal| Some((tcgetattr(&terminal).ok()?, terminal)))
                .map(|(modes, terminal)| (terminal, modes)),
        )
    }

    /// Waits until a prompt that was taken back has restored the terminal.
    pub(crate) async fn restored(&self) {
        let Self(Some((terminal, before))) = self else { return };
        let watched = LocalModes::ECHO | LocalModes::ISIG;
        for _ in 0..LOOKS {
            let now = tcgetattr(terminal).map(|modes| modes.local_modes & watched);
            if now.map_or(true, |now| now == before.local_modes & watched) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Stops this process as Ctrl-Z does; returns when it is continued.
pub(crate) fn stop() {
    let _ = kill_process(getpid(), Signal::STOP);
}

fn terminal() -> Option<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").ok()
}

/// A second, of which a prompt needs a few milliseconds.
const LOOKS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(5);
