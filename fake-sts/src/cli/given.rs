use std::env;
use std::ffi::OsStr;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use super::arguments::Arguments;

impl Arguments {
    /// What this process was given: arguments, and variables for those that are left out. Ends it if they are unusable.
    pub(crate) fn given() -> Self {
        let mut command = without_empty_variables(Self::command());
        let matches = command.get_matches_mut();
        if is_useless(&matches, "tls_cert", &["tls", "tls_identity"]) {
            let advice = "--tls-cert is of no use without --tls or --tls-identity";
            command.error(ErrorKind::MissingRequiredArgument, advice).exit();
        }
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

/// A variable that is empty is as one that is not there: that is what compose files make of one that is left out.
fn without_empty_variables(command: Command) -> Command {
    command
        .mut_args(|argument| {
            let is_empty = argument.get_env().is_some_and(is_empty);
            if is_empty { argument.env(None::<&str>) } else { argument }
        })
        .mut_subcommands(without_empty_variables)
}

#[expect(clippy::disallowed_methods, reason = "only whether clap will find something there")]
fn is_empty(variable: &OsStr) -> bool {
    env::var_os(variable).is_some_and(|value| value.is_empty())
}

/// Whether an argument was written down, and needs others of which there is none. As a variable it may be one of an image that can do both.
fn is_useless(matches: &ArgMatches, id: &str, needed: &[&str]) -> bool {
    let source = |id: &str| match matches.try_contains_id(id) {
        Ok(true) => matches.value_source(id),
        _ => None,
    };
    let is_there =
        |id: &&str| matches!(source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable));
    source(id) == Some(ValueSource::CommandLine) && !needed.iter().any(is_there)
}
