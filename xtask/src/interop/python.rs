use std::path::PathBuf;
use std::process::Command;

use super::run::{Obstacle, finish, last_line};
use super::workshop::Workshop;

/// Runs pytest in an environment of its own.
pub(super) fn run(workshop: &Workshop) -> Result<String, Obstacle> {
    let python = environment(workshop)?;
    let mut pytest = Command::new(python);
    pytest.args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    Ok(last_line(&workshop.test(&mut pytest)?).to_owned())
}

/// The interpreter of a virtual environment with what the recipes' requirements name.
fn environment(workshop: &Workshop) -> Result<PathBuf, Obstacle> {
    let home = workshop.folder.join("venv");
    let (programs, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
    let python = home.join(programs).join(format!("python{suffix}"));
    if !python.exists() {
        let mut command = Command::new("python3");
        command.args(["-m", "venv"]).arg(&home);
        finish(&mut command, &workshop.folder.join("venv.log")).map_err(Obstacle::Missing)?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
    workshop.install("requirements.txt", pip.arg(workshop.tests.join("requirements.txt")))?;
    Ok(python)
}
