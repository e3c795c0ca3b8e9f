use std::process::{self, ExitCode, ExitStatus};

use super::arguments::Run;
use super::serve;
use super::signals::Signals;
use super::{Failure, serve::environment_of};

/// Runs a command beside a fake, and yields the code to exit with: that of the command.
pub(super) fn command(wanted: &Run) -> Result<ExitCode, Failure> {
    let (builder, token) = serve::configured(&wanted.server)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut interrupted, mut terminated) = (Signals::listen()?, Signals::listen()?);
        let sts = builder.start().await?;
        let (environment, _trusted) = environment_of(&sts, &wanted.server)?;
        let _kept = serve::token_files(&sts, &wanted.server)?;
        let Some((program, arguments)) = wanted.command.split_first() else {
            return Ok(ExitCode::SUCCESS);
        };
        let mut command = process::Command::new(program);
        command.args(arguments).env("FAKE_STS_URL", sts.uri());
        environment.isolated().apply(&mut command);
        if let Some(token) = token.to_show() {
            command.env("FAKE_STS_CONTROL_TOKEN", token);
        }
        let unusable = |source| {
            Failure::unusable(NotStarted { program: program.display().to_string(), source })
        };
        let mut command = tokio::process::Command::from(command);
        // It does not outlive this process, whatever ends it.
        let mut child = command.kill_on_drop(true).spawn().map_err(unusable)?;
        loop {
            tokio::select! {
                status = child.wait() => return Ok(code_of(status?)),
                // A terminal sends it to both, and the command decides what to make of it.
                () = interrupted.interrupted() => {}
                () = terminated.terminated() => child.start_kill()?,
            }
        }
    })
}

/// As shells do, 128 and the signal for a command that was ended by one.
fn code_of(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None::<i32>;
    let code = status.code().or(signal.map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

#[derive(Debug, thiserror::Error)]
#[error("cannot start {program}; check the command after `--`")]
struct NotStarted {
    program: String,
    source: std::io::Error,
}
