//! Asks every question of every contender in interleaved rounds, and writes what they
//! answered as tables, JSON and charts. `cargo xtask bench-report` builds and runs it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

mod answers;
mod arguments;
mod asking;
mod chart;
mod comparison;
mod elsewhere;
mod output;
mod pictures;
mod plan;
mod question;
mod text;

use std::process::ExitCode;

use benches::Patience;
use clap::Parser;

use self::arguments::Arguments;
use self::asking::Asking;
use self::output::Folder;
use self::plan::Plan;

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
    if arguments.list {
        print!("{}", text::contenders());
        return Ok(());
    }
    if let [crowd, count] = arguments.footprint_of.as_slice() {
        return asking::print_footprint(crowd, count);
    }
    let plan = Plan::of(arguments)?;
    // Before anything is measured: minutes later it would be a pity.
    let folder = Folder::prepare(&arguments.into)?;
    let saved = folder.saved(arguments.against.as_deref())?;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| format!("the tokio runtime does not start: {error}"))?;
    eprintln!("{}", plan.announcement(folder.path()));
    let patience = Patience::until(plan.announced(), &runtime);
    let report = Asking::new(&plan, &runtime, &patience)?.all();
    let mut document = text::document(&report);
    if let Some(saved) = &saved {
        document.push_str(&comparison::of(&report, saved));
    }
    folder.write(&report, &document)?;
    println!("{document}");
    eprintln!("written to {}", folder.path().display());
    Ok(())
}
