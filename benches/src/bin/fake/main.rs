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

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use self::answers::Report;
use self::arguments::Arguments;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if let Some(port) = arguments.canned {
        return canned::serve(port);
    }
    fs::create_dir_all(&arguments.into)
        .map_err(|error| format!("{}: {error}", arguments.into.display()))?;
    let report = measure::all(arguments)?;
    let document = text::document(&report);
    write(&arguments.into, &report, &document)?;
    println!("{document}");
    eprintln!("written to {}", arguments.into.display());
    Ok(())
}

fn write(folder: &Path, report: &Report, document: &str) -> Result<(), String> {
    let json = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
    for (name, text) in [("report.json", json.as_str()), ("report.md", document)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
