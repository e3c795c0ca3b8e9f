use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Cargo builds the examples of a package before its tests, unless it is told to run
/// one test binary only.
#[track_caller]
fn built(example: &str) -> Command {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.ancestors().nth(2).unwrap();
    let path =
        profile.join("examples").join(example).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{} is not there: `cargo build -p stscreds --examples`", path.display());
    Command::new(path)
}

/// Runs an example, which checks its own result, and looks for a line of its output.
#[track_caller]
fn check(example: &str, line: &str) {
    let output = built(example).stdin(Stdio::null()).output().unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {said}{complaint}");
    assert!(said.contains(line), "{example} does not say {line:?}: {said}");
}

macro_rules! examples {
    ($($name:ident => $line:literal,)*) => {
        $(#[test] fn $name() { check(stringify!($name), $line); })*

        const CHECKED: &[&str] = &[$(stringify!($name)),*];
    };
}

examples! {
    assume_role => "three calls of the client took 1 call of AssumeRole",
    caller_identity => "arn      arn:aws:iam::111122223333:user/alice",
    custom_retriever => " for carol",
    external_id => "we act in account 444455556666",
    http_retriever => "assumed a role: ASIA",
    irsa => " by [EnvironmentWebIdentity, WebIdentity]",
    mfa_custom_source => "a code of arn:aws:iam::111122223333:mfa/alice is requested",
    mfa_environment => "assumed a role that needs MFA: ASIA",
    mfa_session => "4 calls took 1 code",
    outbound_token => "3 sessions took 1 token",
    partner_access => "and there arn:aws:sts::444455556666:assumed-role/partner/",
    profile => "profile deploy is arn:aws:sts::111122223333:assumed-role/mfa/alice-deploys",
    role_chaining => "[Sdk, AssumeRole, AssumeRole] in 2 calls",
    sdk_default_config => "a new client, still arn:aws:sts::111122223333:assumed-role/plain/",
    session_name => "/nightly-report for 30 more minutes",
    scoped_agent => "and may not write: AccessDenied",
    session_policy => "with it: STS refused AssumeRole, role arn:aws:iam::111122223333:role/next: AccessDenied",
    session_tags => "the ledger let Finance in",
    tenants => "1990 requests served and 10 refused, in 200 calls to STS",
    timeout => "in time: ASIA",
    tour => "Every step was as it should be.",
    web_identity_file => " with the rotated one",
}

/// In a session of its own there is no terminal, and the answer is read from standard
/// input.
#[cfg(target_os = "linux")]
#[test]
fn mfa_prompt() {
    let mut example = Command::new("setsid")
        .arg("--wait")
        .arg(built("mfa_prompt").get_program())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();

    let mut said = BufReader::new(example.stdout.take().unwrap()).lines();
    let shown = said.next().unwrap().unwrap();
    let code = shown.strip_prefix("alice's device shows ").unwrap();
    writeln!(example.stdin.take().unwrap(), "{code}").unwrap();

    let last = said.next().unwrap().unwrap();
    assert!(last.starts_with("assumed a role that needs MFA: ASIA"), "{last}");
    let output = example.wait_with_output().unwrap();
    assert!(output.status.success());
    let asked = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(asked, "MFA code for arn:aws:iam::111122223333:mfa/alice: \n");
}

#[test]
fn every_example_is_run_and_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_one = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").exists()
    };
    let there: BTreeSet<String> = entries
        .filter(is_one)
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();

    let run: BTreeSet<String> =
        CHECKED.iter().chain(&["mfa_prompt"]).map(|&name| name.to_owned()).collect();
    assert_eq!(there, run);
    for name in there {
        let listed = include_str!("../../examples/README.md").contains(&format!("| `{name}` |"));
        assert!(listed, "{name} is not in the list of examples");
    }
}
