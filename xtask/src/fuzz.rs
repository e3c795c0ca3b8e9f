//! The fuzz targets of `fake-sts` and of `stscreds`, on the toolchain that builds everything else.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use clap::Args;

use crate::files::told;
use crate::workspace::{cargo, output_of, root};

/// What to fuzz, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// How long each target runs.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// So many inputs instead, the same ones each time.
    #[arg(long, conflicts_with = "seconds", value_parser = clap::value_parser!(u32).range(1..))]
    inputs: Option<u32>,
    /// Only this target, the name of a file in a folder `fuzz/targets`.
    #[arg(long)]
    target: Option<String>,
    /// Runs this input once instead, such as one that a former run found.
    #[arg(long, requires = "target")]
    input: Option<PathBuf>,
}

impl Fuzz {
    /// The same so many inputs for every target, so that who passes once passes again: to look for what is new is a
    /// task of its own.
    pub(crate) fn of(inputs: u32) -> Self {
        Self { seconds: 0, inputs: Some(inputs), target: None, input: None }
    }
}

/// Builds the targets, runs one after the other, and fails if any found something.
pub(crate) fn run(chosen: &Fuzz) -> Result<(), String> {
    let targets = chosen_targets(chosen, targets()?)?;
    // A person gives a path from where they stand, not from where the target runs.
    let input = chosen.input.as_deref().map(|path| fs::canonicalize(path).map_err(told(path)));
    let input = input.transpose()?;
    let platform = platform()?;
    for package in PACKAGES {
        build(&platform, package, targets.iter().filter(|target| target.package == package))?;
    }
    let mut findings = Vec::new();
    for target in &targets {
        let program = output_folder().join(&platform).join("release").join(&target.name);
        let found = match &input {
            Some(input) => replay(&program, input)?,
            None => attack(target, &program, chosen)?,
        };
        findings.extend(found);
    }
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}

/// A program that throws inputs at something: a file, and a folder of seeds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    package: &'static str,
    /// Of its own among the targets of all packages.
    name: String,
}

impl Target {
    fn seeds(&self) -> PathBuf {
        root().join(self.package).join("corpus").join(&self.name)
    }
}

fn chosen_targets(chosen: &Fuzz, mut all: Vec<Target>) -> Result<Vec<Target>, String> {
    let Some(name) = &chosen.target else { return Ok(all) };
    let known: Vec<_> = all.iter().map(|target| target.name.clone()).collect();
    all.retain(|target| target.name == *name);
    match all.is_empty() {
        false => Ok(all),
        true => Err(format!("there is no fuzz target {name}; there are {}", known.join(", "))),
    }
}

fn targets() -> Result<Vec<Target>, String> {
    let mut targets = Vec::new();
    for package in PACKAGES {
        let folder = root().join(package).join("targets");
        for entry in fs::read_dir(&folder).map_err(told(&folder))? {
            let path = entry.map_err(told(&folder))?.path();
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
            targets.extend(name.map(|name| Target { package, name }));
        }
    }
    targets.sort();
    Ok(targets)
}

fn build<'a>(
    platform: &str,
    package: &str,
    targets: impl Iterator<Item = &'a Target>,
) -> Result<(), String> {
    let names: Vec<_> = targets.map(|target| target.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    println!("building {}", names.join(", "));
    let mut command = cargo(["build", "--release", "--quiet", "--target", platform]);
    for name in names {
        command.args(["--bin", name]);
    }
    // Given the platform, cargo keeps the flags from build scripts and macros, which could not run with them.
    command
        .current_dir(root().join(package))
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", output_folder());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the fuzz targets cannot be built; if the messages above speak of a missing \
            `c++` or `clang++`, install a C++ compiler: libFuzzer is written in C++"
            .to_owned()),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

/// Fuzzes one target. What libFuzzer says goes to a file, what it found out is printed.
fn attack(target: &Target, program: &Path, chosen: &Fuzz) -> Result<Option<String>, String> {
    let name = &target.name;
    let folder = |kind: &str| output_folder().join(kind).join(name);
    let findings = folder("findings");
    let (grown, limits) = match chosen.inputs {
        None => (folder("corpus"), vec![format!("-max_total_time={}", chosen.seconds)]),
        Some(inputs) => {
            // What former runs have grown would lead elsewhere.
            let grown = folder("once");
            let _ = fs::remove_dir_all(&grown);
            (grown, vec![format!("-runs={inputs}"), "-seed=1".to_owned()])
        }
    };
    for folder in [&grown, &findings] {
        fs::create_dir_all(folder).map_err(told(folder))?;
    }
    let log = findings.join("log");
    println!("{name}: {}", limits.join(" "));
    let mut command = Command::new(program);
    command
        .args(limits)
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .args([&grown, &target.seeds()]);
    let (status, summary) = watched(name, &mut command, &log)?;
    println!("{name}: {summary}");
    if status.success() {
        return Ok(None);
    }
    let text = fs::read_to_string(&log).map_err(told(&log))?;
    Ok(Some(match finding(&text) {
        Some(input) => format!(
            "{name}: found {input}\n  see {}\n  again: cargo xtask fuzz --target {name} --input {input}",
            log.display()
        ),
        None => format!("{name}: ended with {status}; see {}", log.display()),
    }))
}

fn replay(program: &Path, input: &Path) -> Result<Option<String>, String> {
    let status = Command::new(program).arg(input).status().map_err(told(program))?;
    Ok((!status.success()).then(|| format!("{} still ends with {status}", input.display())))
}

/// Runs a target, shows its pulse, keeps all it says, and sums up.
fn watched(name: &str, command: &mut Command, log: &Path) -> Result<(ExitStatus, String), String> {
    let mut kept = File::create(log).map_err(told(log))?;
    let spawned = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| format!("{command:?}: {error}"))?;
    let (mut runs, mut coverage) = (String::from("no"), String::from("no"));
    // By bytes: a panic's message may quote an input that is no UTF-8.
    for line in child.stderr.take().into_iter().flat_map(|said| BufReader::new(said).split(b'\n')) {
        let line = line.map_err(told(log))?;
        kept.write_all(&line).and_then(|()| kept.write_all(b"\n")).map_err(told(log))?;
        let line = String::from_utf8_lossy(&line);
        if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            number.trim().clone_into(&mut runs);
        }
        if let Some((_, rest)) = line.split_once(" cov: ") {
            rest.split(' ').next().unwrap_or_default().clone_into(&mut coverage);
        }
        if line.contains("\tpulse ") {
            println!("{name}: {}", line.trim());
        }
    }
    let status = child.wait().map_err(told(log))?;
    Ok((status, format!("{runs} inputs, {coverage} edges covered")))
}

/// The file that libFuzzer wrote the input to.
fn finding(log: &str) -> Option<&str> {
    log.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path)
}

/// The platform of this machine, as the compiler calls it.
fn platform() -> Result<String, String> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--version", "--verbose"]).current_dir(root());
    let version = output_of(rustc)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not tell its host".to_owned())
}

/// Each beside what it attacks, and a workspace of its own, as its build is instrumented.
const PACKAGES: [&str; 3] =
    ["crates/stscreds-aws-sdk/fuzz", "crates/stscreds-http/fuzz", "fake-sts/fuzz"];

fn output_folder() -> PathBuf {
    root().join("target/fuzz")
}

/// What makes coverage visible to libFuzzer. All of it is stable; only sanitizers would need a nightly compiler, and safe code has little for
/// them to find. See [SanitizerCoverage](https://clang.llvm.org/docs/SanitizerCoverage.html).
const FLAGS: [&str; 9] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // Keeps comparisons apart that the optimiser would merge, so that each can be seen to be passed.
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
    "--cfg",
    "fuzzing",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_target_has_seeds_and_a_binary() {
        let targets = targets().unwrap();

        for package in PACKAGES {
            let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
            let of_package: Vec<_> = targets.iter().filter(|it| it.package == package).collect();
            assert_eq!(of_package.len(), manifest.matches("[[bin]]").count(), "{package}");
            for target in of_package {
                let path = format!("path = \"targets/{}.rs\"", target.name);
                assert!(manifest.contains(&path), "{target:?}");
                assert_ne!(fs::read_dir(target.seeds()).unwrap().count(), 0, "{target:?}");
            }
        }
    }

    #[test]
    fn no_two_targets_have_one_name() {
        let names: BTreeSet<_> = targets().unwrap().into_iter().map(|it| it.name).collect();

        assert_eq!(names.len(), targets().unwrap().len());
    }

    #[test]
    fn an_unknown_target_is_told_what_there_is() {
        let chosen = Fuzz { target: Some("polizy".to_owned()), ..Fuzz::of(1) };

        let known = |name: &str| Target { package: "fake-sts/fuzz", name: name.to_owned() };
        let refusal = chosen_targets(&chosen, vec![known("policy"), known("saml")]);

        assert_eq!(refusal.unwrap_err(), "there is no fuzz target polizy; there are policy, saml");
    }

    #[test]
    fn the_input_that_breaks_a_target_is_found_in_what_the_fuzzer_says() {
        let log =
            "==7== ERROR\nartifact_prefix='/t/'; Test unit written to /t/crash-1\nBase64: AA==\n";

        assert_eq!(finding(log), Some("/t/crash-1"));
        assert_eq!(finding("Done 7 runs in 1 second(s)\n"), None);
    }
}
