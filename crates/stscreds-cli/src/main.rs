//! `stscreds`: AWS STS credentials at the terminal, for any program.

mod arguments;
mod clock;
mod command;
mod failure;
mod journey;
mod mfa;
mod notes;
mod queue;
mod session;
mod shell;
mod signals;
mod store;
mod sts;
mod terminal;
mod variables;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::notes::Notes;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let notes = Notes::new(command.output());
    match command::run(command, &notes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            notes.failed(&failure);
            failure.exit.into()
        }
    }
}
