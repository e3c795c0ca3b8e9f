use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, PipeReader, Write};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Signal, getpid, kill_process};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

use super::Answer;

/// Asks on the terminal, without echo, and waits for a line.
pub(super) fn ask(question: &str, cancelled: &PipeReader) -> io::Result<Answer> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok();
    let stdin = io::stdin();
    // Standard input if it is a terminal: some systems cannot poll /dev/tty itself.
    let input = match &terminal {
        Some(terminal) if !stdin.is_terminal() => terminal.as_fd(),
        _ => stdin.as_fd(),
    };

    let silence = Silence::begin(input);
    say(terminal.as_ref(), question)?;
    let answer = read_line(input, cancelled);
    // A terminal that hung up has no next line to go to; the answer tells it.
    let _ = say(terminal.as_ref(), "\n");
    drop(silence);

    if matches!(answer, Ok(Answer::Interrupted)) {
        // The terminal is as it was: now Ctrl-C may do to this process what it does elsewhere. Should the signal not get
        // through, the answer still says that there was an interrupt.
        let _ = kill_process(getpid(), Signal::INT);
    }
    answer
}

fn say(terminal: Option<&File>, text: &str) -> io::Result<()> {
    match terminal {
        Some(mut terminal) => terminal.write_all(text.as_bytes()),
        None => io::stderr().write_all(text.as_bytes()),
    }
}

/// Byte by byte, so that nothing behind the line is taken from who reads next.
fn read_line(input: BorrowedFd<'_>, cancelled: &PipeReader) -> io::Result<Answer> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE));
    loop {
        let mut ready =
            [PollFd::from_borrowed_fd(input, PollFlags::IN), PollFd::new(cancelled, PollFlags::IN)];
        match poll(&mut ready, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let [input_ready, cancel_ready] = &ready;
        if !cancel_ready.revents().is_empty() {
            return Ok(Answer::Cancelled);
        }
        if input_ready.revents().is_empty() {
            continue;
        }

        let mut byte = [0];
        match rustix::io::read(input, &mut byte) {
            // EIO is how a terminal says that its other side hung up.
            Ok(0) | Err(Errno::IO) => return Ok(Answer::EndOfInput),
            Ok(_) => {}
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Err(error) => return Err(error.into()),
        }
        match byte {
            [b'\n'] => {
                let line = std::str::from_utf8(&line).unwrap_or_default();
                return Ok(Answer::Line(line.into()));
            }
            [CTRL_C] => return Ok(Answer::Interrupted),
            // Too long for a code in any case: what follows is dropped.
            _ if line.len() == MAX_LINE => {}
            [byte] => line.push(byte),
        }
    }
}

/// Room for a code with white space; never grown, so that no copy is left behind.
const MAX_LINE: usize = 64;

const CTRL_C: u8 = 3;

/// A terminal that does not show what is typed, until this is dropped.
struct Silence<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Silence<'a> {
    /// `None` if the input is no terminal and there is nothing to silence.
    fn begin(input: BorrowedFd<'a>) -> Option<Self> {
        let before = tcgetattr(input).ok()?;
        let mut silent = before.clone();
        silent.local_modes -= LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK;
        // Ctrl-C comes as a character that ends the line, so that the echo is restored before the signal is raised.
        silent.local_modes -= LocalModes::ISIG;
        silent.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
        tcsetattr(input, OptionalActions::Now, &silent).ok()?;
        Some(Self { terminal: input, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // There is nobody left to tell if a terminal went away.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}
