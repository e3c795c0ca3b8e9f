//! Caches of other languages, where their toolchains are there.

use std::fs;
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
    let go = printed(Command::new("go").arg("version")).map_err(|_| {
        "there is no `go` (https://go.dev/doc/install; on Debian `apt-get install golang-go \
         golang-github-aws-aws-sdk-go-v2-dev`)"
    })?;
    let output = from_the_module_proxy(threads).or_else(|proxy| {
        // Debian packages the sources as Go found them before it had modules.
        let mut test = go_test(threads);
        test.current_dir(folder("go")).env("GO111MODULE", "off").env("GOPATH", DEBIANS);
        let complaint = |debian| {
            format!("neither from the module proxy ({proxy}) nor from {DEBIANS} ({debian})")
        };
        printed(&mut test).map_err(complaint)
    })?;
    let sdk = output.lines().find(|line| line.starts_with("aws-sdk-go-v2")).unwrap_or_default();
    // BenchmarkRetrieve-8   \t 100000 \t 93.9 ns/op
    let rows = output.lines().filter_map(|line| {
        let words: Vec<_> = line.strip_prefix("BenchmarkRetrieve")?.split_whitespace().collect();
        let (threads, nanos) = match words.as_slice() {
            [threads, _times, nanos, "ns/op", ..] => (threads.trim_start_matches('-'), nanos),
            // One thread is not told.
            [_times, nanos, "ns/op", ..] => ("1", nanos),
            _ => return None,
        };
        Some(ElsewhereRow {
            name: "Go CredentialsCache.Retrieve".into(),
            version: format!("{sdk}, {}", go.trim()),
            threads: threads.parse().ok()?,
            ns_per_hit: nanos.parse().ok()?,
        })
    });
    Ok(rows.collect())
}

/// In a copy, as Go writes down beside the sources what it has fetched.
fn from_the_module_proxy(threads: &[usize]) -> Result<String, String> {
    let copy = std::env::temp_dir().join("stscreds-benches-go");
    fs::create_dir_all(&copy).map_err(|error| error.to_string())?;
    for file in ["go.mod", "retrieve_test.go"] {
        let copied = fs::copy(folder("go").join(file), copy.join(file));
        copied.map_err(|error| error.to_string())?;
    }
    printed(go_test(threads).arg("-mod=mod").current_dir(copy))
}

fn go_test(threads: &[usize]) -> Command {
    let cpus: Vec<_> = threads.iter().map(ToString::to_string).collect();
    let mut test = Command::new("go");
    test.args(["test", "-bench", "Retrieve", "-benchtime", "300ms", "-cpu", &cpus.join(",")]);
    test
}

const DEBIANS: &str = "/usr/share/gocode";

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
