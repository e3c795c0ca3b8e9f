//! Asks every question of every contender in interleaved rounds, and writes what they
//! answered as tables, JSON and charts. `cargo xtask bench-report` builds and runs it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

mod answers;
mod arguments;
mod asking;
mod chart;
mod comparison;
mod elsewhere;
mod pictures;
mod plan;
mod question;
mod saved;
mod text;

use std::process::ExitCode;

use benches::{Folder, Patience};
use clap::Parser;

use self::arguments::Arguments;
use self::asking::Asking;
use self::plan::Plan;

fn main() -> ExitCode {
    benches::exit(run(&Arguments::parse()))
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
    let folder = Folder::prepare(&arguments.into)?;
    let saved = saved::report(arguments.against.as_deref(), &folder.report())?;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| format!("the tokio runtime does not start: {error}"))?;
    eprintln!("{}", plan.announcement(folder.path()));
    let patience = Patience::until(plan.announced(), &runtime);
    let report = Asking::new(&plan, &runtime, &patience)?.all();
    let mut document = text::document(&report);
    if let Some(saved) = &saved {
        document.push_str(&comparison::of(&report, saved));
    }
    folder.put_report(&report, &document)?;
    for (name, svg) in pictures::of(&report)? {
        folder.put(name, &svg)?;
    }
    println!("{document}");
    eprintln!("written to {}", folder.path().display());
    Ok(())
}
