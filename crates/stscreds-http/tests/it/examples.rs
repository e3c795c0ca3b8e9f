use std::process::{Command, Stdio};

/// Runs an example, which cargo builds before the tests of its package, and looks for a
/// line of its output.
#[track_caller]
fn check(example: &str, line: &str) {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.ancestors().nth(2).unwrap();
    let path =
        profile.join("examples").join(example).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "run `cargo build -p stscreds-http --examples`: no {}", path.display());

    let output = Command::new(path).stdin(Stdio::null()).output().unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {said}{complaint}");
    assert!(said.contains(line), "{example} does not say {line:?}: {said}");
}

#[test]
fn a_role_is_assumed_without_the_sdk() {
    let line = "then we are arn:aws:sts::111122223333:assumed-role/plain/";
    check("assume_role_without_sdk", line);
    check("assume_role_without_sdk", "three uses took 1 call of AssumeRole");
}

#[test]
fn a_cluster_gets_its_token() {
    check("eks_token", "k8s-aws-v1... until 2");
}

#[test]
fn a_program_without_async_signs_as_a_role() {
    check("without_async", "and again as ASIA");
    check("without_async", "\n1 call\n");
}
