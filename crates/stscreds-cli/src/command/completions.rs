use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::notes::print;

/// The completions of a shell, from the command line as it is.
pub(super) fn print_for(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "stscreds", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// A man page for the program and one for each command.
pub(super) fn write_pages(directory: &Path) -> Result<(), Failure> {
    clap_mangen::generate_to(Arguments::command(), directory).map_err(|error| {
        Failure::other(format!("cannot write man pages to {}: {error}", directory.display()))
    })
}
