//! A terminal with a person at it, both made up, and a program that runs on it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::child;

/// What a person sees and types.
pub struct PseudoTerminal {
    person: File,
    /// The side of the programs, kept open so that what they wrote stays readable.
    line: File,
    seen: String,
}

/// A program that has the terminal as its controlling one.
pub struct Program(Child);

impl PseudoTerminal {
    pub fn new() -> Self {
        let person =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        // What opens a terminal may get it for its own: the tests run on no terminal, or already have one.
        let line = OpenOptions::new().read(true).write(true).open(name).unwrap();
        Self { person: File::from(person), line, seen: String::new() }
    }

    /// Runs the body of this test in a process of its own on the terminal; what it
    /// prints goes to a pipe.
    pub fn run(&self, test: &str) -> Command {
        self.run_under(&[], test)
    }

    /// The same under a program that takes it as its last arguments.
    pub fn run_under(&self, wrapper: &[&str], test: &str) -> Command {
        let mut command = Command::new("setsid");
        command
            .arg("--ctty")
            .args(wrapper)
            .arg(std::env::current_exe().unwrap())
            .args(child::arguments(test))
            .env(child::VARIABLE, test)
            .stdin(self.line.try_clone().unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Waits until the text stands on the terminal behind what was seen before, and
    /// returns what came with it.
    pub fn see(&mut self, text: &str) -> String {
        while !self.seen.contains(text) {
            assert!(self.more(&PATIENCE), "{text:?} is not on the terminal, but {:?}", self.seen);
        }
        std::mem::take(&mut self.seen)
    }

    /// What stands on the terminal behind what was seen before, once nobody writes to
    /// it any more.
    pub fn rest(&mut self) -> String {
        while self.more(&Timespec { tv_sec: 0, tv_nsec: 0 }) {}
        std::mem::take(&mut self.seen)
    }

    pub fn type_in(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// Whether what is typed is shown, and whether Ctrl-C interrupts.
    pub fn echoes_and_interrupts(&self) -> (bool, bool) {
        let modes = tcgetattr(&self.line).unwrap().local_modes;
        (modes.contains(LocalModes::ECHO), modes.contains(LocalModes::ISIG))
    }

    /// Reads what comes within the time; false if nothing does.
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

impl Program {
    pub fn start(mut command: Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Waits for the end: how it ended, and what it printed.
    pub fn end(self) -> (ExitStatus, String) {
        let output = self.0.wait_with_output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status, printed + &String::from_utf8_lossy(&output.stderr))
    }

    pub fn passes(self) -> String {
        let (status, printed) = self.end();
        assert!(status.success(), "{status} {printed}");
        child::has_run(&printed);
        printed
    }
}

/// Long enough for the slowest machine; only a failing test waits for it.
const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };
