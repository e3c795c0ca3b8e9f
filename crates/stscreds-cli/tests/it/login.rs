use super::machine::Machine;
use super::terminal::{Terminal, end};

#[test]
fn one_code_opens_the_roles_of_a_day() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    let child = terminal.sh(&machine, "$STSCREDS login mfa --duration 12h");
    terminal.see("MFA code for");
    terminal.type_in(&format!("{}\n", machine.code()));
    let ended = end(child).succeeds();
    assert!(ended.stdout.starts_with("signed in for profile mfa"), "{ended:?}");

    // Without a terminal from now on.
    machine.run(&["process", "mfa"]).succeeds();
    machine.run(&["process", "mfa2"]).succeeds();
    machine.run(&["whoami", "user-mfa"]).succeeds();

    assert_eq!(machine.calls()[..3], ["GetSessionToken", "AssumeRole", "AssumeRole"]);
    let listed = machine.run(&["list"]).succeeds().stdout;
    assert!(listed.contains("mfa session") && listed.contains("11h 59m"), "{listed}");
}

#[test]
fn a_login_asks_although_there_is_a_session() {
    let machine = Machine::new();
    let mut terminal = Terminal::new();
    for _ in 0..2 {
        let child = terminal.sh(&machine, "$STSCREDS login mfa");
        terminal.see("MFA code for");
        terminal.type_in(&format!("{}\n", machine.code()));
        end(child).succeeds();
        machine.sts.clock().advance(std::time::Duration::from_secs(30));
    }

    assert_eq!(machine.calls(), ["GetSessionToken", "GetSessionToken"]);
}

#[test]
fn a_logout_removes_the_sessions_of_a_profile_or_all() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();
    machine.run(&["process", "short"]).succeeds();

    let one = machine.run(&["logout", "plain"]).succeeds();
    assert_eq!(one.stdout, "removed 1 cached session\n");
    let rest = machine.run(&["logout"]).succeeds();
    assert_eq!(rest.stdout, "removed 1 cached session\n");
    assert_eq!(machine.run(&["list"]).succeeds().stdout, "no cached sessions\n");
}

#[test]
fn a_browser_is_asked_for_by_name() {
    let machine = Machine::new();
    machine.run(&["login", "sso"]).fails(3, "run: aws sso login --profile sso");
    machine.run(&["login", "plain"]).fails(2, "needs no MFA code");
}

#[test]
fn no_list_shows_a_secret() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();
    let secret = machine.run(&["process", "plain"]).succeeds().json();

    for arguments in [&["list"][..], &["list", "--json"], &["explain", "plain"]] {
        let shown = machine.run(arguments).stdout;
        for member in ["SecretAccessKey", "SessionToken"] {
            assert!(!shown.contains(secret[member].as_str().unwrap()), "{shown}");
        }
    }
}
