use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// Where it was measured, and what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) rustc: String,
    /// The mean load of the last minute when it began: others use the machine too.
    pub(crate) load: String,
    /// Contenders' crates and their versions.
    pub(crate) versions: Vec<(String, String)>,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let first_word = |text: String| text.split_whitespace().next().map(str::to_owned);
        Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            system: printed("uname", &["-sr"]).unwrap_or_else(|| std::env::consts::OS.into()),
            rustc: printed("rustc", &["--version"]).unwrap_or_else(|| "unknown".into()),
            load: read("/proc/loadavg").and_then(first_word).unwrap_or_else(|| "unknown".into()),
            versions: MEASURED.iter().filter_map(|name| locked(name)).collect(),
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

/// Whose versions matter to a reader.
const MEASURED: [&str; 9] = [
    "stscreds-cache",
    "aws-smithy-runtime",
    "aws-credential-types",
    "arc-swap",
    "tokio",
    "moka",
    "parking_lot",
    "dashmap",
    "papaya",
];

/// The version that this binary was built with.
fn locked(name: &str) -> Option<(String, String)> {
    let lock = include_str!("../../../../Cargo.lock");
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
    fn every_measured_crate_is_one_that_is_built() {
        let locked: Vec<_> = MEASURED.iter().filter_map(|name| locked(name)).collect();

        assert_eq!(locked.len(), MEASURED.len(), "{locked:?}");
        assert!(locked.iter().all(|(_, version)| version.split('.').count() == 3), "{locked:?}");
    }
}
