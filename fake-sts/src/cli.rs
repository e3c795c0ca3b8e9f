//! The command line around a [`FakeSts`](fake_sts::FakeSts).

mod arguments;
mod control_token;
mod endpoint;
mod environment;
mod failure;
mod given;
mod health;
mod log;
mod run;
mod serve;
mod signals;
#[cfg(feature = "tls")]
mod tls;
mod token_file;
mod trusted;
mod world_file;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use fake_sts::FakeSts;
use fake_sts::world::World;

pub(crate) use self::arguments::Arguments;
use self::arguments::Command;
use self::failure::Failure;

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let outcome = match &arguments.command {
        None => serve::until_stopped(&arguments.server),
        Some(Command::Run(wanted)) => return finish(run::command(wanted)),
        Some(Command::Check { world }) => check(world),
        Some(Command::PrintWorld) => print_world(),
        Some(Command::Health(question)) => health::ask(question),
    };
    finish(outcome.map(|()| ExitCode::SUCCESS))
}

fn finish(outcome: Result<ExitCode, Failure>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "fake-sts: {failure}");
            failure.exit_code()
        }
    }
}

fn check(path: &Path) -> Result<(), Failure> {
    let world = world_file::read(path).map_err(Failure::unusable)?;
    let world = FakeSts::builder().world(world).without_socket()?.world();
    let users = world.accounts.iter().map(|account| account.users.len()).sum::<usize>();
    let roles = world.accounts.iter().map(|account| account.roles.len()).sum::<usize>();
    let accounts = world.accounts.len();
    Ok(writeln!(io::stdout(), "valid: accounts: {accounts}, users: {users}, roles: {roles}")?)
}

fn print_world() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&World::standard()).map_err(Failure::unusable)?;
    Ok(writeln!(io::stdout(), "{text}")?)
}
