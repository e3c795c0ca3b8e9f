use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// Where it was measured, and what.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// As the system names it.
    pub processor: String,
    /// How many threads it runs at once.
    pub cores: usize,
    /// The kernel.
    pub system: String,
    /// The compiler on the path.
    pub rustc: String,
    /// The mean load of the last minute when it began: others use the machine too.
    pub load: String,
    /// Crates that were measured, and their versions.
    pub versions: Vec<(String, String)>,
}

impl Machine {
    /// This machine, and the versions of these crates.
    #[must_use]
    pub fn here(measured: &[&str]) -> Self {
        let first_word = |text: String| text.split_whitespace().next().map(str::to_owned);
        Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            system: printed("uname", &["-sr"]).unwrap_or_else(|| std::env::consts::OS.into()),
            rustc: printed("rustc", &["--version"]).unwrap_or_else(|| "unknown".into()),
            load: read("/proc/loadavg").and_then(first_word).unwrap_or_else(|| "unknown".into()),
            versions: measured.iter().filter_map(|name| locked(name)).collect(),
        }
    }
}

fn processor() -> Option<String> {
    let cpuinfo = read("/proc/cpuinfo")?;
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version that this binary was built with.
fn locked(name: &str) -> Option<(String, String)> {
    let lock = include_str!("../../Cargo.lock");
    let package = lock.split("[[package]]").find(|package| {
        package.lines().any(|line| line.strip_prefix("name = ") == Some(&format!("\"{name}\"")))
    })?;
    let version = package.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some((name.to_owned(), version.trim_matches('"').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_is_built_has_a_version_of_three_parts() {
        let (name, version) = locked("tokio").unwrap();

        assert_eq!((name.as_str(), version.split('.').count()), ("tokio", 3));
        assert_eq!(locked("no-such-crate"), None);
    }
}
