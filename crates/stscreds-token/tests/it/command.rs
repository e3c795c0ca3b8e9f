use std::io::{BufRead, BufReader};
use std::pin::pin;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind};
use stscreds_token::{MfaChallenge, MfaCommand, MfaTokenProvider};

#[cfg(unix)]
use super::child;
use super::person::is_waited_for;

async fn run(script: &str, timeout: Duration) -> Result<String, Error> {
    let challenge = MfaChallenge::first("arn:aws:iam::111122223333:mfa/alice".parse()?);
    let command = MfaCommand::new("sh").arg("-c").arg(script).timeout(timeout);
    Ok(command.token_code(&challenge).await?.expose().to_owned())
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_first_line_of_the_output_is_the_code() {
    assert_eq!(run("echo ' 012345 '; echo more", LONG).await.unwrap(), "012345");
}

#[tokio::test]
async fn the_program_is_told_about_the_challenge() {
    let script = r#"test "$STSCREDS_MFA_SERIAL$STSCREDS_MFA_ATTEMPT" = arn:aws:iam::111122223333:mfa/alice1 && echo 735911"#;

    assert_eq!(run(script, LONG).await.unwrap(), "735911");
}

#[tokio::test]
async fn time_limits_stand_still_while_a_program_may_be_asking_a_person() {
    let asking = pin!(run("exec sleep 1000", LONG));

    assert!(is_waited_for(asking));
}

#[test]
fn a_program_is_run_once_unless_it_may_ask_again() {
    let attempts = |command: MfaCommand| MfaTokenProvider::attempts(&command);

    assert_eq!(attempts(MfaCommand::new("ykman")), 1);
    assert_eq!(attempts(MfaCommand::new("pinentry").attempts(3)), 3);
    assert_eq!(attempts(MfaCommand::new("pinentry").attempts(0)), 1);
}

#[tokio::test]
async fn a_failure_says_what_the_program_complained_of_but_no_digit_of_it() {
    let error = run("echo no key for 735911 >&2; exit 3", LONG).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
    assert!(error.to_string().contains("no key for ######"), "{error}");
    assert!(error.to_string().contains("exit status: 3"), "{error}");
}

#[tokio::test]
async fn what_is_no_code_is_refused_and_not_repeated() {
    for script in ["true", "echo planted", "printf '\\377'"] {
        let error = run(script, LONG).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[tokio::test]
async fn a_program_that_hangs_is_given_up_and_one_that_is_missing_is_named() {
    let error = run("exec sleep 60", Duration::from_millis(1)).await.unwrap_err();
    assert!(error.to_string().contains("took longer than 1ms"), "{error}");

    let challenge = MfaChallenge::first("GAHT12345678".parse().unwrap());
    let missing = MfaCommand::new("no-such-program-here").token_code(&challenge).await.unwrap_err();
    assert!(missing.to_string().contains("no-such-program-here"), "{missing}");
}

#[tokio::test]
async fn a_program_that_prints_without_end_is_given_up() {
    let error = run("yes 735911", LONG).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "it prints more than 262144 bytes");
}

#[tokio::test]
async fn a_program_that_complains_at_length_is_heard_to_the_end() {
    let script = "yes complaint | head -c 1000000 >&2; echo 735911";

    assert_eq!(run(script, LONG).await.unwrap(), "735911");
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_reads_what_is_typed_to_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let typed = folder.path().join("typed");
    std::fs::write(&typed, "735911\n").unwrap();
    let mut program = child::running("command::with_something_typed");
    program.stdin(std::fs::File::open(typed).unwrap());

    child::passes(program).await;
}

#[cfg(unix)]
#[tokio::test]
async fn with_something_typed() {
    if child::is_for("command::with_something_typed") {
        assert_eq!(run("read code; echo $code", LONG).await.unwrap(), "735911");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_nobody_waits_for_any_more_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // It holds the writing end for as long as it lives.
    let script = format!("exec 3>{}; echo here >&3; exec sleep 1000", pipe.display());
    let asking = tokio::spawn(async move { run(&script, LONG).await });
    let reading = tokio::task::spawn_blocking(move || {
        let mut lines = BufReader::new(std::fs::File::open(pipe).unwrap()).lines();
        (lines.next().unwrap().unwrap(), lines)
    });
    let (here, mut lines) = reading.await.unwrap();
    assert_eq!(here, "here");

    asking.abort();

    let after = tokio::task::spawn_blocking(move || lines.next().map(Result::unwrap));
    assert_eq!(after.await.unwrap(), None, "the writing end was closed");
}
