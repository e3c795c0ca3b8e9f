use std::process::Command;

use super::run::{Obstacle, finish};
use super::workshop::Workshop;

pub(super) fn run(workshop: &Workshop) -> Result<String, Obstacle> {
    let log = workshop.folder.join("version.log");
    finish(Command::new("mvn").arg("--version"), &log).map_err(Obstacle::Missing)?;
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", "test"]);
    match workshop.test(&mut maven) {
        Ok(said) => {
            let summary = said.lines().rev().find_map(|line| line.split_once("Tests run: "));
            Ok(format!("run: {}", summary.map_or("none", |(_, summary)| summary)))
        }
        // Maven tells in one breath that a test failed and that there was none, as libraries cannot be had.
        Err(Obstacle::Failed(reason)) => match reason.lines().find(|line| is_about_central(line)) {
            Some(line) => Err(Obstacle::Missing(line.trim().to_owned())),
            None => Err(Obstacle::Failed(reason)),
        },
        Err(obstacle) => Err(obstacle),
    }
}

fn is_about_central(line: &str) -> bool {
    ["could not be resolved", "Could not transfer", "Could not find artifact"]
        .iter()
        .any(|complaint| line.contains(complaint))
}
