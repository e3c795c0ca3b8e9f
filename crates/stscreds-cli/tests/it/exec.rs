use std::process::Stdio;

use super::machine::{Ended, Machine};
use super::terminal::{Terminal, end};

#[test]
fn a_program_gets_the_session_and_nothing_that_outranks_it() {
    let machine = Machine::new();
    let mut command = machine.stscreds(&["exec", "plain", "--", "/usr/bin/env"]);
    let stale = [
        "AWS_SECURITY_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AMAZON_ACCESS_KEY_ID",
        "AMAZON_SECRET_ACCESS_KEY",
        "AWS_ACCOUNT_ID",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_SESSION_TOKEN",
        "AWS_DEFAULT_PROFILE",
        "AWS_LOGIN_CACHE_DIRECTORY",
    ];
    for name in stale {
        command.env(name, "stale");
    }

    let ended = Ended::of(command.env("MINE", "kept").output().unwrap()).succeeds();

    assert!(!ended.stdout.contains("stale"), "{}", ended.stdout);
    for has in [
        "AWS_ACCESS_KEY_ID=ASIA",
        "AWS_SECRET_ACCESS_KEY=",
        "AWS_SESSION_TOKEN=",
        "AWS_CREDENTIAL_EXPIRATION=",
        "AWS_REGION=us-east-1",
        "AWS_DEFAULT_REGION=us-east-1",
        "STSCREDS_EXEC=plain",
        "MINE=kept",
    ] {
        assert!(ended.stdout.contains(has), "{has} is not in {}", ended.stdout);
    }
}

#[track_caller]
fn check_exit(command: &[&str], code: i32, says: &str) {
    let machine = Machine::new();
    let arguments: Vec<_> = ["exec", "plain", "--"].iter().chain(command).copied().collect();
    machine.run(&arguments).fails(code, says);
}

#[test]
fn the_exit_code_is_the_programs_own() {
    check_exit(&["/bin/sh", "-c", "exit 42"], 42, "");
    check_exit(&["no-such-program"], 127, "there is no program no-such-program");
    check_exit(&["/etc/passwd"], 126, "cannot run /etc/passwd");
}

#[test]
fn without_credentials_no_program_runs() {
    let machine = Machine::new();
    let touched = machine.path("touched");
    let touch = touched.display().to_string();
    let run = |profile| machine.run(&["exec", profile, "--", "touch", &touch]);

    run("nowhere").fails(125, "there is no profile \"nowhere\"");
    run("loop").fails(125, "loop");
    run("denied").fails(4, "AssumeRole");
    run("mfa").fails(3, "stscreds login mfa");

    assert!(!touched.exists());
}

#[test]
fn a_nested_exec_is_refused() {
    let machine = Machine::new();
    let inner = [env!("CARGO_BIN_EXE_stscreds"), "exec", "plain", "--", "true"];
    let arguments: Vec<_> = ["exec", "plain", "--"].iter().chain(&inner).copied().collect();

    machine.run(&arguments).fails(125, "already has the credentials of profile \"plain\"");
}

#[test]
fn long_term_keys_are_not_handed_out_unless_allowed() {
    let machine = Machine::new();

    for command in [vec!["process"], vec!["env"], vec!["exec"]] {
        let plain: Vec<_> = command.iter().copied().chain(["alice"]).collect();
        let tail: &[&str] = if command == ["exec"] { &["--", "/usr/bin/env"] } else { &[] };
        let with = |options: &[&'static str]| {
            machine.run(&plain.iter().chain(options).chain(tail).copied().collect::<Vec<_>>())
        };

        let session = with(&[]).succeeds();
        assert!(!session.stdout.contains("alice/not/for/real"), "{session:?}");
        let refused = with(&["--no-session"]);
        assert_ne!(refused.code, Some(0));
        assert!(refused.stderr.contains("--allow-long-term"), "{refused:?}");
        assert!(!refused.stdout.contains("alice/not/for/real"), "{refused:?}");
        let allowed = with(&["--allow-long-term"]).succeeds();
        assert!(allowed.stdout.contains("alice/not/for/real"), "{allowed:?}");
    }
}

#[test]
fn the_program_replaces_this_one() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();
    let terminal = Terminal::new();
    // The shell's child is the program itself: it has the process id that the shell knows.
    let child = terminal.sh(
        &machine,
        "$STSCREDS exec plain -- /bin/sh -c 'echo $$' > \"$HOME/pid\" & echo $!; wait",
    );

    let ended = end(child).succeeds();

    let pid = std::fs::read_to_string(machine.path("pid")).unwrap();
    assert_eq!(ended.stdout, pid);
}

#[test]
fn no_secret_is_an_argument_of_the_program() {
    let machine = Machine::new();
    let mut command = machine.stscreds(&["exec", "plain", "--", "/bin/cat", "/proc/self/cmdline"]);
    let ended = Ended::of(command.stdout(Stdio::piped()).output().unwrap()).succeeds();

    assert_eq!(ended.stdout, "/bin/cat\0/proc/self/cmdline\0");
}
