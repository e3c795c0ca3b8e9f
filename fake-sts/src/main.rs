//! The `fake-sts` binary: a fake AWS STS for any language.

mod cli;
// The library's own, so that a world file is refused in the same words as a world over HTTP.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(&cli::Arguments::given())
}
