use std::fs;
use std::process::Command;

use super::run::Obstacle;
use super::workshop::Workshop;

pub(super) fn run(workshop: &Workshop) -> Result<String, Obstacle> {
    // Modules are looked for beside and above those that name them: above, they outlive the copies of the tests.
    let list = workshop.folder.join("package.json");
    fs::copy(workshop.tests.join("package.json"), &list)
        .map_err(|error| Obstacle::Failed(format!("{}: {error}", list.display())))?;
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"]);
    workshop.install("package.json", npm.arg(&workshop.folder))?;
    let said = workshop.test(Command::new("node").args(["--test", "--test-reporter=tap"]))?;
    let passed = said.lines().find_map(|line| line.strip_prefix("# pass ")).unwrap_or("no");
    Ok(format!("{passed} passed"))
}
