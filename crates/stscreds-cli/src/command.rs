//! One file for each command.

mod completions;
mod configure;
mod env;
mod exec;
mod explain;
mod list;
mod login;
mod logout;
mod process;
mod whoami;

use std::time::Duration;

use stscreds::Credentials;
use stscreds::aws_sdk::Environment;

use crate::arguments::{Command, Common};
use crate::failure::{Exit, Failure};
use crate::journey::{Journey, Sources};
use crate::notes::Notes;
use crate::session::Sessions;
use crate::signals::Signals;
use crate::store::{Location, Store, Wanted};

pub(crate) fn run(command: Command, notes: &Notes) -> Result<(), Failure> {
    match command {
        Command::Exec(exec) => exec::run(&exec, notes),
        Command::Env(env) => env::run(&env, notes),
        Command::Process(common) => process::run(&common, notes),
        Command::Login(common) => login::run(&common, notes),
        Command::Logout(logout) => logout::run(&logout, notes),
        Command::List(_) => list::run(notes),
        Command::Whoami(common) => whoami::run(&common, notes),
        Command::Explain(explain) => explain::run(&explain, notes),
        Command::Configure(configure) => configure::run(&configure, notes),
        Command::Completions { shell } => completions::print_for(shell),
        Command::Man { directory } => completions::write_pages(&directory),
    }
}

/// A profile that was found and the credentials of its last step.
#[derive(Debug)]
struct Resolved {
    credentials: Credentials,
    journey: Journey,
}

/// The credentials that a command hands out.
fn resolve(sources: &Sources, common: &Common, notes: &Notes) -> Result<Resolved, Failure> {
    let journey = Journey::plan(sources, common)?;
    let store = Store::open(Location::of(&sources.environment));
    let sessions = Sessions { journey: &journey, options: &common.options, store: &store, notes };
    let wanted = sessions.wanted();
    let credentials = sessions.checked(get(&sessions, journey.last(), wanted)?)?;
    Ok(Resolved { credentials, journey })
}

/// A session at hand costs neither a runtime nor TLS.
fn get(sessions: &Sessions<'_>, index: usize, wanted: Wanted) -> Result<Credentials, Failure> {
    if let Some(session) = sessions.at_hand(index, wanted) {
        return Ok(session);
    }
    if let Some(why) = &sessions.store.unusable {
        sessions.notes.note(format_args!("sessions are not kept: {why}"));
    }
    block_on(sessions.session(index, wanted))
}

/// Runs to the end, or until a signal; then the terminal is as it was before.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let failed = |error: std::io::Error| Failure::other(format!("cannot start: {error}"));
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().map_err(failed)?;
    // Dropping the runtime waits for a prompt that is being taken back.
    runtime.block_on(async {
        let mut signals = Signals::listen().map_err(failed)?;
        let outcome = tokio::select! {
            biased;
            exit = signals.next() => return Err(Failure::new(exit, "interrupted")),
            outcome = work => outcome,
        };
        // The prompt raises the signal of a Ctrl-C as it gives up.
        match outcome {
            Err(failure) if failure.exit == Exit::NeedsPerson => {
                let signal = tokio::time::timeout(SIGNAL_DELIVERY, signals.next()).await;
                Err(signal.map_or(failure, |exit| Failure::new(exit, "interrupted")))
            }
            outcome => outcome,
        }
    })
}

/// A signal to oneself arrives in microseconds, on a loaded machine in milliseconds.
const SIGNAL_DELIVERY: Duration = Duration::from_millis(50);

fn sources() -> Result<Sources, Failure> {
    Sources::read(Environment::of_this_process())
}
