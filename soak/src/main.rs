//! `cargo xtask soak`: run after run, each from a seed of its own, for as long as is asked.

#![allow(clippy::print_stdout, reason = "it reports to a person")]

mod growth;
mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Parser;
use soak::{Cast, Schedule, Violation, play};
use tokio::time::Instant;

use self::growth::Growth;
use self::report::Report;

/// Runs everything under random troubles, in virtual time, and watches that no rule is broken.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask soak")]
struct Arguments {
    /// How long, by the clock on the wall. Ends with the run that is under way.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// The seed of the first run; each run after it has the next one. By chance if not set.
    #[arg(long)]
    seed: Option<u64>,
    /// How many things happen in one run.
    #[arg(long, default_value_t = 60)]
    steps: usize,
    /// One run alone, such as one that broke a rule before.
    #[arg(long, requires = "seed")]
    once: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let stop = stop_at_ctrl_c();
    let first = arguments.seed.unwrap_or_else(|| fastrand::u64(..1_000_000_000));
    let end = Instant::now() + Duration::from_secs(60 * arguments.minutes);
    let (mut report, mut growth) = (Report::new(), Growth::default());
    println!("seeds from {first}, {} steps in each run", arguments.steps);
    for seed in first.. {
        let schedule = Schedule::of(seed, arguments.steps);
        let played = play(&schedule, &Cast::Real);
        report.add(&played);
        let violation = played.violation.or_else(|| growth.violation());
        if let Some(violation) = violation {
            println!("{report}");
            explain(&schedule, &violation, &arguments);
            return ExitCode::FAILURE;
        }
        report.tell_from_time_to_time();
        if arguments.once || stop.load(Ordering::Relaxed) || Instant::now() >= end {
            break;
        }
    }
    println!("{report}\nno rule was broken");
    if let Some(why) = growth.unjudged() {
        println!("{why}");
    }
    ExitCode::SUCCESS
}

/// The first Ctrl-C ends after the run that is under way, to sum up; a second one at once.
fn stop_at_ctrl_c() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let _ = tokio::signal::ctrl_c().await;
            told.store(true, Ordering::Relaxed);
            println!("stops after this run; once more to stop at once");
            let _ = tokio::signal::ctrl_c().await;
            #[expect(clippy::exit, reason = "a person insists")]
            std::process::exit(130);
        });
    });
    stop
}

fn explain(schedule: &Schedule, violation: &Violation, arguments: &Arguments) {
    let (seed, steps) = (schedule.seed, arguments.steps);
    println!("\nBROKEN {violation}\n");
    println!("again: cargo xtask soak --seed {seed} --steps {steps} --once\n");
    println!("looking for a shorter schedule ..");
    let left = schedule.shortest(|left| {
        let again = play(left, &Cast::Real).violation;
        again.is_some_and(|again| again.rule == violation.rule)
    });
    match play(&left, &Cast::Real).violation {
        Some(again) => println!("{left}\n\n{again}"),
        None => println!("none: it takes more than its steps, such as memory of all runs"),
    }
}
