//! Clients of other languages against `fake-sts`: the recipes of docs/harness, and what else we know that they do.

mod go;
mod java;
mod javascript;
mod python;
mod run;
mod workshop;

use clap::Args;

use self::run::Obstacle;
use self::workshop::Workshop;
use crate::verdict::Verdict;
use crate::workspace::cargo;

/// Which clients to try. All of them if none is named; what is missing for one is then told, and no failure.
#[derive(Debug, Default, Args)]
pub(crate) struct Interop {
    /// boto3, by pytest.
    #[arg(long)]
    python: bool,
    /// The AWS SDK for JavaScript v3, by node:test.
    #[arg(long)]
    javascript: bool,
    /// The AWS CLI, by pytest around a shell script.
    #[arg(long)]
    aws_cli: bool,
    /// The AWS SDK for Go v2, by go test.
    #[arg(long)]
    go: bool,
    /// The AWS SDK for Java v2, by `JUnit`.
    #[arg(long)]
    java: bool,
}

/// Runs the tests of a client, and says what ran.
type Try = fn(&Workshop) -> Result<String, Obstacle>;

/// Installs the clients, runs their tests against a fresh build, and sums up.
pub(crate) fn run(chosen: &Interop) -> Result<Verdict, String> {
    let clients: [(&str, bool, Try); 5] = [
        ("python", chosen.python, python::run),
        ("javascript", chosen.javascript, javascript::run),
        ("aws-cli", chosen.aws_cli, python::run),
        ("go", chosen.go, go::run),
        ("java", chosen.java, java::run),
    ];
    let all = clients.iter().all(|(_, is_named, _)| !is_named);
    build()?;
    let (mut lines, mut skipped, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (name, is_named, attempt) in clients {
        if !is_named && !all {
            continue;
        }
        println!("{name} ..");
        let outcome = Workshop::open(name).map_err(Obstacle::Failed).and_then(|w| attempt(&w));
        let line = match outcome {
            Ok(summary) => format!("{name}: passed, {summary}"),
            Err(Obstacle::Missing(reason)) => {
                if is_named {
                    failures.push(format!("{name} was asked for, and could not run"));
                }
                skipped.push(name);
                format!("{name}: skipped, {reason}")
            }
            Err(Obstacle::Failed(reason)) => {
                failures.push(format!("{name} failed"));
                format!("{name}: FAILED, {reason}")
            }
        };
        println!("{line}");
        lines.push(line.lines().next().unwrap_or_default().to_owned());
    }
    println!("\n{}", lines.join("\n"));
    match (failures.is_empty(), skipped.is_empty()) {
        (false, _) => Err(failures.join("\n")),
        (true, false) => Ok(Verdict::PassedBut(skipped.join(", "))),
        (true, true) => Ok(Verdict::Passed),
    }
}

fn build() -> Result<(), String> {
    let mut command = cargo(["build", "--quiet", "-p", "fake-sts"]);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("fake-sts does not build: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
