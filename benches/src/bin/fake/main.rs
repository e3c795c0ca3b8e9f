//! Measures `fake-sts` beside moto's server and a server that says the same thing to everybody. `cargo xtask
//! bench-fake` builds and runs it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

mod answers;
mod arguments;
mod canned;
mod load;
mod measure;
mod moto;
mod process;
mod requests;
mod server;
mod text;

use std::process::ExitCode;

use benches::Folder;
use clap::Parser;

use self::arguments::Arguments;

fn main() -> ExitCode {
    benches::exit(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if let Some(port) = arguments.canned {
        return canned::serve(port);
    }
    let folder = Folder::prepare(&arguments.into)?;
    let report = measure::all(arguments)?;
    let document = text::document(&report);
    folder.put_report(&report, &document)?;
    println!("{document}");
    eprintln!("written to {}", folder.path().display());
    Ok(())
}
