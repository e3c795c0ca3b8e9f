//! A terminal with a person at it, and a program that runs on it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::machine::{Ended, Machine};

/// What a person sees and types.
pub struct Terminal {
    person: File,
    /// The side of the programs, kept open so that what they wrote stays readable.
    pub line: File,
    seen: String,
}

impl Terminal {
    pub fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let person = openpt(flags).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let line = OpenOptions::new().read(true).write(true).open(name).unwrap();
        Self { person: File::from(person), line, seen: String::new() }
    }

    /// A shell script on this terminal, in its foreground; `$STSCREDS` is the program.
    pub fn sh(&self, machine: &Machine, script: &str) -> Child {
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait", "/bin/sh", "-c", script]);
        machine.prepare(&mut command);
        command.env("STSCREDS", env!("CARGO_BIN_EXE_stscreds"));
        command.stdin(self.line.try_clone().unwrap());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until the text is on the terminal, and returns what came with it.
    #[track_caller]
    pub fn see(&mut self, text: &str) -> String {
        while !self.seen.contains(text) {
            assert!(self.more(&PATIENCE), "{text:?} is not on the terminal: {:?}", self.seen);
        }
        std::mem::take(&mut self.seen)
    }

    /// What is on the terminal and was not seen before.
    pub fn rest(&mut self) -> String {
        while self.more(&Timespec { tv_sec: 0, tv_nsec: 0 }) {}
        std::mem::take(&mut self.seen)
    }

    pub fn type_in(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// Whether what is typed is shown and Ctrl-C interrupts.
    pub fn is_sane(&self) -> bool {
        let modes = tcgetattr(&self.line).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ISIG)
    }

    fn more(&mut self, within: &Timespec) -> bool {
        let mut ready = [PollFd::new(&self.person, PollFlags::IN)];
        if poll(&mut ready, Some(within)).unwrap() == 0 {
            return false;
        }
        let mut bytes = [0; 4096];
        let count = self.person.read(&mut bytes).unwrap();
        self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        true
    }
}

pub fn end(child: Child) -> Ended {
    Ended::of(child.wait_with_output().unwrap())
}

/// Long enough for the slowest machine; only a failing test waits for it.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };
