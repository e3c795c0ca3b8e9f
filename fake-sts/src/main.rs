//! The `fake-sts` binary: a fake AWS STS for any language.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    cli::run(&cli::Arguments::parse())
}
