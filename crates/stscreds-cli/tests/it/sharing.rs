//! Many processes at once: one call, one prompt.

use std::process::{Child, Stdio};
use std::time::Duration;

use fake_sts::fault::Fault;

use super::machine::{Ended, Machine};
use super::terminal::{Terminal, end};

fn start(machine: &Machine, arguments: &[&str], count: usize) -> Vec<Child> {
    let one = |_| {
        let mut command = machine.stscreds(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    (0..count).map(one).collect()
}

fn keys(children: Vec<Child>) -> Vec<String> {
    let key = |child: Child| {
        let ended = Ended::of(child.wait_with_output().unwrap()).succeeds();
        ended.json()["AccessKeyId"].as_str().unwrap().to_owned()
    };
    let mut keys: Vec<_> = children.into_iter().map(key).collect();
    keys.dedup();
    keys
}

#[test]
fn two_hundred_cold_processes_make_one_call() {
    let machine = Machine::new();
    let _slow = machine.sts.inject(Fault::delay(Duration::from_secs(2)).on("AssumeRole"));

    let keys = keys(start(&machine, &["process", "plain", "--wait", "10m"], 200));

    assert_eq!(keys.len(), 1);
    assert_eq!(machine.calls(), ["AssumeRole"]);
}

#[test]
fn a_hit_makes_no_call_and_a_chain_keeps_each_hop() {
    let machine = Machine::new();

    machine.run(&["process", "next"]).succeeds();
    assert_eq!(machine.calls(), ["AssumeRole", "AssumeRole"]);
    machine.run(&["process", "next"]).succeeds();
    machine.run(&["process", "plain"]).succeeds();

    assert_eq!(machine.calls().len(), 2);
}

#[test]
fn a_failure_is_shared_by_those_who_waited_for_it() {
    let machine = Machine::new();
    let _slow = machine.sts.inject(Fault::delay(Duration::from_secs(3)).on("AssumeRole"));

    let children = start(&machine, &["process", "denied", "--wait", "10m"], 20);
    let ended: Vec<_> =
        children.into_iter().map(|c| Ended::of(c.wait_with_output().unwrap())).collect();

    for ended in ended {
        ended.fails(4, "AssumeRole");
    }
    assert_eq!(machine.calls(), ["AssumeRole"]);
}

#[test]
fn fifty_processes_on_a_terminal_ask_once() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let script = "for i in $(seq 50); do $STSCREDS process mfa & done; wait";
    // Job control is off, so all of them are in the foreground.
    let child = terminal.sh(&machine, script);

    terminal.see("MFA code for");
    terminal.type_in(&format!("{}\n", machine.code()));
    let ended = end(child).succeeds();

    let mut lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 50, "{ended:?}");
    lines.dedup();
    assert_eq!(lines.len(), 1);
    assert!(!terminal.rest().contains("MFA"));
    assert_eq!(machine.calls(), ["GetSessionToken", "AssumeRole"]);
}

#[test]
fn two_profiles_with_one_device_ask_once() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let child = terminal.sh(&machine, "$STSCREDS process mfa & $STSCREDS process mfa2 & wait");

    terminal.see("MFA code for");
    terminal.type_in(&format!("{}\n", machine.code()));
    let ended = end(child).succeeds();

    assert_eq!(ended.stdout.lines().count(), 2, "{ended:?}");
    assert!(!terminal.rest().contains("MFA"));
    assert_eq!(machine.calls(), ["GetSessionToken", "AssumeRole", "AssumeRole"]);
}

#[test]
fn a_code_that_was_sent_is_not_sent_again_by_another_process() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let code = machine.code();
    let child = terminal.sh(&machine, "$STSCREDS process mfa --no-session");
    terminal.see("MFA code for");
    terminal.type_in(&format!("{code}\n"));
    end(child).succeeds();

    let child = terminal.sh(&machine, "$STSCREDS process mfa2 --no-session");
    terminal.see("MFA code for");
    terminal.type_in(&format!("{code}\n"));
    terminal.see("MFA code for");
    machine.sts.clock().advance(Duration::from_secs(30));
    terminal.type_in(&format!("{}\n", machine.code()));
    end(child).succeeds();

    assert_eq!(machine.calls(), ["AssumeRole", "AssumeRole"]);
}

#[test]
fn a_lock_ends_with_the_process_that_held_it() {
    let machine = Machine::new();
    let hang = machine.sts.inject(Fault::hang().on("AssumeRole"));
    let mut first = machine.stscreds(&["process", "plain"]);
    let mut holder = first.arg("--quiet").spawn().unwrap();
    while hang.hits() == 0 {
        std::thread::yield_now();
    }
    drop(hang);

    // The program itself, not `setsid` before it.
    let pid = lock_holder(&machine);
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    holder.wait().unwrap();

    machine.run(&["process", "plain"]).succeeds();
}

/// The one process whose command line is that of the machine's holder.
fn lock_holder(machine: &Machine) -> String {
    let lock = std::fs::read_dir(machine.cache()).unwrap().next().unwrap().unwrap().path();
    let output = std::process::Command::new("fuser").arg(lock).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().next().unwrap().to_owned()
}
