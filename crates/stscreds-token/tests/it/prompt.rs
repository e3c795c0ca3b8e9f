//! The prompt on a real pseudo-terminal. Each test has a part that runs in a process
//! of its own there, with the same name and `on_a_terminal` in front.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::pin::pin;
use std::process::{Command, Stdio};

use stscreds_core::{Error, ErrorKind};
use stscreds_token::{MfaChallenge, MfaPrompt, MfaTokenProvider};

use super::pseudo_terminal::{Program, PseudoTerminal};
use super::{child, person};

const ALICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const BOB: &str = "arn:aws:iam::111122223333:mfa/bob";

async fn code_of(serial: &str) -> Result<String, Error> {
    let challenge = MfaChallenge::first(serial.parse()?);
    Ok(MfaPrompt::new().token_code(&challenge).await?.expose().to_owned())
}

/// Runs the part of a test that belongs on the terminal.
fn on(terminal: &PseudoTerminal, part: &str) -> Program {
    Program::start(terminal.run(&format!("prompt::on_a_terminal_{part}")))
}

fn is_the_part(part: &str) -> bool {
    child::is_for(&format!("prompt::on_a_terminal_{part}"))
}

#[test]
fn a_code_is_asked_for_on_the_terminal_and_not_shown() {
    let mut terminal = PseudoTerminal::new();
    assert_eq!(terminal.echoes_and_interrupts(), (true, true));
    let program = on(&terminal, "a_code");

    terminal.see(&format!("MFA code for {ALICE}: "));
    assert_eq!(terminal.echoes_and_interrupts(), (false, false));
    terminal.type_in(" 735911\n");
    let printed = program.passes();

    assert!(!printed.contains("MFA code for"), "standard output may be piped: {printed}");
    assert_eq!(terminal.rest(), "\r\n", "no key is shown");
    assert_eq!(terminal.echoes_and_interrupts(), (true, true));
}

#[tokio::test]
async fn on_a_terminal_a_code() {
    if is_the_part("a_code") {
        assert_eq!(code_of(ALICE).await.unwrap(), "735911");
    }
}

#[test]
fn a_misspelt_code_is_asked_for_again_before_sts_hears_of_it() {
    let mut terminal = PseudoTerminal::new();
    let program = on(&terminal, "a_misspelling");

    terminal.see(&format!("MFA code for {ALICE}: "));
    terminal.type_in("73591\n");
    terminal.see("An MFA code is six digits, once more: ");
    terminal.type_in(&format!("{}\n", "7".repeat(1000)));
    terminal.see("An MFA code is six digits, once more: ");
    terminal.type_in("735911\n");

    program.passes();
    assert!(!terminal.rest().contains('7'));
}

#[tokio::test]
async fn on_a_terminal_a_misspelling() {
    if is_the_part("a_misspelling") {
        assert_eq!(code_of(ALICE).await.unwrap(), "735911");
    }
}

#[test]
fn three_misspellings_are_enough() {
    let mut terminal = PseudoTerminal::new();
    let program = on(&terminal, "three_misspellings");

    terminal.see(&format!("AWS did not accept that code. Next MFA code for {ALICE}: "));
    terminal.type_in("what?\n");
    for _ in 0..2 {
        terminal.see("An MFA code is six digits, once more: ");
        terminal.type_in("73591\n");
    }

    program.passes();
}

#[tokio::test]
async fn on_a_terminal_three_misspellings() {
    if is_the_part("three_misspellings") {
        let rejected = MfaChallenge::first(ALICE.parse().unwrap()).after_rejection();

        let error = MfaPrompt::new().token_code(&rejected).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
        assert!(error.to_string().starts_with("an MFA code is six digits"), "{error}");
    }
}

#[test]
fn a_person_is_asked_three_times_unless_told_otherwise() {
    let attempts = |prompt: MfaPrompt| MfaTokenProvider::attempts(&prompt);

    assert_eq!(attempts(MfaPrompt::new()), 3);
    assert_eq!(attempts(MfaPrompt::default()), 3);
    assert_eq!(attempts(MfaPrompt::new().attempts(5)), 5);
    assert_eq!(attempts(MfaPrompt::new().attempts(0)), 1);
}

#[test]
fn one_question_is_asked_at_a_time() {
    let mut terminal = PseudoTerminal::new();
    let program = on(&terminal, "two_questions");

    let first = terminal.see(": ");
    assert!(first.contains(ALICE) != first.contains(BOB), "{first}");
    let (code, other) = if first.contains(ALICE) { ("111111", BOB) } else { ("222222", ALICE) };
    terminal.type_in(&format!("{code}\n"));
    let second = terminal.see(&format!("MFA code for {other}: "));
    assert!(second.starts_with("\r\n"), "only after the answer: {second:?}");
    terminal.type_in(if other == BOB { "222222\n" } else { "111111\n" });

    program.passes();
}

#[tokio::test]
async fn on_a_terminal_two_questions() {
    if is_the_part("two_questions") {
        let (mut alice, mut bob) = (pin!(code_of(ALICE)), pin!(code_of(BOB)));
        // Time limits stand still for the one who is asked, and for the one whose turn comes next.
        for asking in [&mut alice, &mut bob] {
            assert!(person::is_waited_for(asking.as_mut()));
        }
        let (of_alice, of_bob) = tokio::join!(alice, bob);
        assert_eq!((of_alice.unwrap().as_str(), of_bob.unwrap().as_str()), ("111111", "222222"));
    }
}

#[test]
fn a_question_that_is_dropped_is_taken_back_and_the_next_one_asked() {
    let mut terminal = PseudoTerminal::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("give-up");
    let listener = UnixListener::bind(&path).unwrap();
    let mut command = terminal.run("prompt::on_a_terminal_a_dropped_question");
    let program = Program::start({
        command.env("GIVE_UP", path);
        command
    });
    let (mut give_up, _) = listener.accept().unwrap();

    terminal.see(&format!("MFA code for {ALICE}: "));
    give_up.write_all(b"!").unwrap();
    let next = terminal.see(&format!("MFA code for {BOB}: "));
    assert!(next.starts_with("\r\n"), "{next:?}");
    terminal.type_in("735911\n");

    program.passes();
    assert_eq!(terminal.echoes_and_interrupts(), (true, true));
}

#[tokio::test]
async fn on_a_terminal_a_dropped_question() {
    if is_the_part("a_dropped_question") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns the path")]
        let mut given_up = UnixStream::connect(std::env::var("GIVE_UP").unwrap()).unwrap();
        let given_up = tokio::task::spawn_blocking(move || given_up.read_exact(&mut [0]));

        tokio::select! {
            answer = code_of(ALICE) => panic!("nobody answers this: {answer:?}"),
            _ = given_up => {}
        }

        assert_eq!(code_of(BOB).await.unwrap(), "735911");
    }
}

#[test]
fn the_end_of_input_is_an_error() {
    let mut terminal = PseudoTerminal::new();
    let program = on(&terminal, "the_end_of_input");

    terminal.see(&format!("MFA code for {ALICE}: "));
    terminal.type_in("\x04");

    program.passes();
    assert_eq!(terminal.echoes_and_interrupts(), (true, true));
}

#[tokio::test]
async fn on_a_terminal_the_end_of_input() {
    if is_the_part("the_end_of_input") {
        let error = code_of(ALICE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
        assert!(error.to_string().contains("end of input"), "{error}");
    }
}

#[test]
fn ctrl_c_restores_the_terminal_and_then_interrupts_the_program() {
    let mut terminal = PseudoTerminal::new();
    // Whoever runs the tests in the background of a script has them ignore the signal, and their children.
    let heeding = ["env", "--default-signal=INT"];
    let program = Program::start(terminal.run_under(&heeding, "prompt::on_a_terminal_ctrl_c"));

    terminal.see(&format!("MFA code for {ALICE}: "));
    terminal.type_in("73\x03");
    let (status, printed) = program.end();

    assert_eq!(status.signal(), Some(2), "{status} {printed}");
    assert_eq!(terminal.echoes_and_interrupts(), (true, true));
    assert!(!terminal.rest().contains("73"));
}

#[tokio::test]
async fn on_a_terminal_ctrl_c() {
    if is_the_part("ctrl_c") {
        let answer = code_of(ALICE).await;
        panic!("the signal ends the process: {answer:?}");
    }
}

#[test]
fn a_hang_up_is_the_end_of_input() {
    let mut terminal = PseudoTerminal::new();
    // A hang-up kills whoever leads the session, and spares this shell and what it starts.
    let shell = ["sh", "-c", r#"trap '' HUP; "$@""#, "sh"];
    let program =
        Program::start(terminal.run_under(&shell, "prompt::on_a_terminal_the_end_of_input"));

    terminal.see(&format!("MFA code for {ALICE}: "));
    drop(terminal);

    program.passes();
}

#[test]
fn without_a_terminal_the_question_goes_to_standard_error() {
    let mut command = Command::new("setsid");
    command
        .arg("--wait")
        .arg(std::env::current_exe().unwrap())
        .args(child::arguments("prompt::on_a_terminal_a_code"))
        .env(child::VARIABLE, "prompt::on_a_terminal_a_code")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());

    let mut program = command.spawn().unwrap();
    program.stdin.take().unwrap().write_all(b"735911\n").unwrap();
    let output = program.wait_with_output().unwrap();

    let [printed, asked] = [output.stdout, output.stderr].map(|o| String::from_utf8(o).unwrap());
    assert!(output.status.success(), "{printed} {asked}");
    child::has_run(&printed);
    assert_eq!(asked, format!("MFA code for {ALICE}: \n"));
    assert!(!printed.contains("MFA code for"), "{printed}");
}
