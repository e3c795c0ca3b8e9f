use std::ffi::OsString;
use std::io;
use std::process::Command;

use stscreds::aws_sdk::Environment;

use super::resolve;
use crate::arguments::Exec;
use crate::failure::{Exit, Failure};
use crate::journey::Sources;
use crate::notes::Notes;
use crate::variables::{MARKER, Variables, is_removed, warning};

/// Runs a program in the place of this one: it has our process id, terminal and signals.
pub(super) fn run(exec: &Exec, notes: &Notes) -> Result<(), Failure> {
    let environment = Environment::of_this_process();
    if let Some(outer) = environment.get(MARKER) {
        return Err(Failure::new(
            Exit::NotPrepared,
            format!(
                "this shell already has the credentials of profile {outer:?}; leave it with \
                 `exit` first"
            ),
        ));
    }
    if let Some(warning) = warning(&environment) {
        notes.note(warning);
    }
    let command = command_of(exec, &environment);
    let prepared = Sources::read(environment).and_then(|s| resolve(&s, &exec.common, notes));
    // A person who is needed and a denial keep their codes; what else fails here is not the program's.
    let resolved = prepared.map_err(|failure| match failure.exit {
        Exit::Other | Exit::Usage => Failure::new(Exit::NotPrepared, failure.to_string()),
        _ => failure,
    })?;
    let variables = Variables::of(&resolved.credentials, resolved.journey.region.as_deref());
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::new(Exit::NotFound, "no program to run: SHELL is not set"));
    };
    let mut child = Command::new(program);
    child.args(arguments).envs(variables.values()).env(MARKER, &resolved.journey.profile);
    let set: Vec<&str> = variables.values().map(|(name, _)| name).collect();
    for name in inherited().filter(|name| is_removed(name) && !set.contains(&name.as_str())) {
        child.env_remove(name);
    }
    drop(resolved);
    start(child).map_err(|error| {
        let program = program.to_string_lossy();
        match error.kind() {
            io::ErrorKind::NotFound => {
                Failure::new(Exit::NotFound, format!("there is no program {program}"))
            }
            _ => Failure::new(Exit::NotExecutable, format!("cannot run {program}: {error}")),
        }
    })
}

fn command_of(exec: &Exec, environment: &Environment) -> Vec<OsString> {
    if !exec.command.is_empty() {
        return exec.command.clone();
    }
    let shell = if cfg!(windows) { "COMSPEC" } else { "SHELL" };
    environment.get(shell).map(OsString::from).into_iter().collect()
}

#[expect(clippy::disallowed_methods, reason = "names that are not UTF-8 are passed on as they are")]
fn inherited() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

#[cfg(unix)]
fn start(mut child: Command) -> io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(&mut child))
}

#[cfg(not(unix))]
fn start(mut child: Command) -> io::Result<()> {
    let status = child.status()?;
    let code = status.code().unwrap_or(1);
    #[expect(clippy::exit, reason = "the program's own exit code, which may have 32 bits")]
    std::process::exit(code)
}
