//! Caches of other languages, where their toolchains are there.

use std::path::PathBuf;
use std::process::Command;

use crate::answers::ElsewhereRow;

/// What could be measured, and what could not be and why.
pub(crate) fn measure(threads: &[usize]) -> (Vec<ElsewhereRow>, Vec<String>) {
    let (mut rows, mut skipped) = (Vec::new(), Vec::new());
    for (name, measured) in
        [("Go's CredentialsCache", go(threads)), ("botocore", botocore(threads))]
    {
        match measured {
            Ok(measured) => rows.extend(measured),
            Err(reason) => skipped.push(format!("{name}: {reason}")),
        }
    }
    (rows, skipped)
}

fn go(threads: &[usize]) -> Result<Vec<ElsewhereRow>, String> {
    let version = printed(Command::new("go").arg("version")).map_err(
        |_| "there is no `go` (https://go.dev/doc/install, on Debian `apt-get install golang-go`)",
    )?;
    let cpus: Vec<_> = threads.iter().map(ToString::to_string).collect();
    let mut test = Command::new("go");
    test.current_dir(folder("go")).args(["test", "-bench", "Retrieve", "-benchtime", "300ms"]);
    let output = printed(test.arg("-cpu").arg(cpus.join(",")))?;
    // BenchmarkRetrieve-8   \t 100000 \t 93.9 ns/op
    let rows = output.lines().filter_map(|line| {
        let words: Vec<_> = line.strip_prefix("BenchmarkRetrieve")?.split_whitespace().collect();
        let [threads, _times, nanos, "ns/op", ..] = words.as_slice() else { return None };
        Some(ElsewhereRow {
            name: "aws-sdk-go-v2 CredentialsCache.Retrieve".into(),
            version: version.trim().to_owned(),
            threads: threads.trim_start_matches('-').parse().unwrap_or(1),
            ns_per_hit: nanos.parse().ok()?,
        })
    });
    Ok(rows.collect())
}

fn botocore(threads: &[usize]) -> Result<Vec<ElsewhereRow>, String> {
    let how = "no Python with botocore (`python3 -m pip install botocore`)";
    let version = printed(
        Command::new("python3").args(["-c", "import botocore; print(botocore.__version__)"]),
    )
    .map_err(|_| how)?;
    let mut script = Command::new("python3");
    script.arg(folder("botocore").join("retrieve.py"));
    let output = printed(script.args(threads.iter().map(ToString::to_string)))?;
    let rows = output.lines().filter_map(|line| {
        let (threads, nanos) = line.split_once(' ')?;
        Some(ElsewhereRow {
            name: "botocore RefreshableCredentials.get_frozen_credentials".into(),
            version: version.trim().to_owned(),
            threads: threads.parse().ok()?,
            ns_per_hit: nanos.parse().ok()?,
        })
    });
    Ok(rows.collect())
}

fn printed(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(complaint.lines().last().unwrap_or("it failed").to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn folder(language: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("elsewhere").join(language)
}
