//! moto, of the version that `elsewhere/moto/requirements.txt` names.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Installs it into a virtual environment below `target`, unless it is there.
///
/// # Errors
///
/// Why it cannot be had.
pub(crate) fn prepare() -> Result<String, String> {
    let wanted = package().join("requirements.txt");
    let version = fs::read_to_string(&wanted).map_err(|error| error.to_string())?.trim().to_owned();
    if !home().join("bin/moto_server").exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(home()))?;
        let mut pip = Command::new(home().join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        succeed(pip.arg(&wanted))?;
    }
    Ok(version)
}

pub(crate) fn command(port: &str) -> Command {
    let mut command = Command::new(home().join("bin/moto_server"));
    command.args(["-H", "127.0.0.1", "-p", port]);
    command
}

fn home() -> PathBuf {
    package().join("../../../target/bench-fake/moto")
}

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("elsewhere/moto")
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("there is no `{program}`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().last().unwrap_or("it did not say why").to_owned())
}
