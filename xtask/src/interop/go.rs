use std::process::Command;

use super::run::{Obstacle, finish};
use super::workshop::Workshop;

pub(super) fn run(workshop: &Workshop) -> Result<String, Obstacle> {
    let version = workshop.folder.join("version.log");
    finish(Command::new("go").arg("version"), &version).map_err(Obstacle::Missing)?;
    let mut command = toolchain(workshop)?;
    let said = workshop.test(command.args(["test", "-v"]))?;
    Ok(format!("{} passed", said.matches("--- PASS: ").count()))
}

/// A `go` that finds the SDK.
fn toolchain(workshop: &Workshop) -> Result<Command, Obstacle> {
    let log = workshop.folder.join("install.log");
    let mut tidy = Command::new("go");
    let fetched = finish(tidy.args(["mod", "tidy"]).current_dir(&workshop.tests), &log);
    let Err(reason) = fetched else { return Ok(Command::new("go")) };
    // Debian packages the sources as Go found them before it had modules.
    for gopath in [None, Some("/usr/share/gocode")] {
        let without_modules = || {
            let mut go = Command::new("go");
            go.env("GO111MODULE", "off").envs(gopath.map(|path| ("GOPATH", path)));
            go
        };
        if finish(without_modules().arg("vet").current_dir(&workshop.tests), &log).is_ok() {
            return Ok(without_modules());
        }
    }
    Err(Obstacle::Missing(format!(
        "the SDK is neither in the module proxy nor in Debian's golang-github-aws-aws-sdk-go-v2-dev: {reason}"
    )))
}
