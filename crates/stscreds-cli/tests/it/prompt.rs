use std::process::Command;

use super::machine::Machine;
use super::terminal::{Terminal, end};

#[test]
fn a_prompt_shows_no_key_and_leaves_the_terminal_as_it_was() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let child = terminal.sh(&machine, "$STSCREDS process mfa");

    terminal.see("MFA code for");
    assert!(!terminal.is_sane());
    let code = machine.code();
    terminal.type_in(&format!("{code}\n"));
    let ended = end(child).succeeds();

    assert!(ended.stdout.starts_with('{') && !ended.stdout.contains("MFA"));
    assert!(!terminal.rest().contains(&code));
    assert!(terminal.is_sane());
}

#[test]
fn a_background_process_does_not_ask() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    // `set -m` gives the background job a process group of its own.
    let script = "set -m; $STSCREDS process mfa & wait $!; echo \"code $?\"";

    let ended = end(terminal.sh(&machine, script)).succeeds();

    assert!(ended.stdout.contains("code 3"), "{ended:?}");
    assert!(ended.stderr.contains("run in a terminal: stscreds login mfa"), "{ended:?}");
    assert!(!terminal.rest().contains("MFA code"));
}

#[test]
fn without_a_terminal_the_command_to_run_is_named() {
    let machine = Machine::new();

    machine.run(&["process", "mfa"]).fails(3, "run in a terminal: stscreds login mfa");

    assert!(machine.calls().is_empty());
}

#[track_caller]
fn check_signal(script: &str, expected: &str) {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let child = terminal.sh(&machine, &format!("{script}; echo \"code $?\""));
    terminal.see("MFA code for");

    if expected == "code 130" {
        terminal.type_in("\x03");
    }
    let ended = end(child);

    assert!(ended.stdout.contains(expected), "{ended:?}");
    assert!(terminal.is_sane());
}

#[test]
fn a_signal_during_the_prompt_leaves_the_terminal_sane() {
    check_signal("$STSCREDS login mfa", "code 130");
    check_signal("timeout --foreground 2 $STSCREDS login mfa", "code 124");
    check_signal("timeout --foreground -s HUP 2 $STSCREDS login mfa", "code 124");
}

#[test]
fn a_stop_during_the_prompt_gives_the_terminal_back_and_asks_again() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let script = "$STSCREDS login mfa & echo $! > \"$HOME/pid\"; wait; exit $?";
    let child = terminal.sh(&machine, script);
    terminal.see("MFA code for");
    let pid = std::fs::read_to_string(machine.path("pid")).unwrap().trim().to_owned();
    let kill = |signal: &str| {
        assert!(Command::new("kill").args([signal, pid.as_str()]).status().unwrap().success());
    };

    kill("-TSTP");
    while stat(&pid) != Some('T') {
        std::thread::yield_now();
    }
    assert!(terminal.is_sane());
    kill("-CONT");
    terminal.see("MFA code for");
    terminal.type_in(&format!("{}\n", machine.code()));

    end(child).succeeds();
    assert!(terminal.is_sane());
}

fn stat(pid: &str) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn an_interrupted_prompt_is_not_asked_again_by_those_who_wait() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let child = terminal.sh(&machine, "for i in 1 2 3 4; do $STSCREDS process mfa & done; wait");
    terminal.see("MFA code for");
    // The others must have queued: each has the lock file open.
    let lock_count = || {
        let holders = Command::new("sh")
            .args(["-c", &format!("fuser {}/*.lock 2>/dev/null", machine.cache().display())])
            .output()
            .unwrap();
        let text = String::from_utf8(holders.stdout).unwrap();
        let pids: std::collections::BTreeSet<_> = text.split_whitespace().collect();
        pids.len()
    };
    while lock_count() < 4 {
        std::thread::yield_now();
    }

    terminal.type_in("\x03");
    let ended = end(child);

    assert!(!terminal.rest().contains("MFA code"), "{ended:?}");
    assert_eq!(ended.stderr.matches("interrupted").count(), 4, "{ended:?}");
    assert!(machine.calls().is_empty());
}

#[test]
fn a_code_may_come_from_standard_input_or_a_command() {
    let machine = Machine::new();
    let code = machine.code();
    let script = format!("echo {code} | $STSCREDS process mfa --mfa-code -");
    end(Terminal::new().sh(&machine, &script)).succeeds();

    let machine = Machine::new();
    let command = format!("echo {}", machine.code());
    machine.run(&["process", "mfa", "--mfa-process", &command]).succeeds();

    let machine = Machine::new();
    machine.run(&["process", "mfa", "--mfa-code", "123456"]).fails(2, "invalid value");
}
