//! This test binary once more, as a process with an environment and a terminal of
//! its own: neither can be changed for a running process without unsafe code.

use std::process::Command;

/// A process that runs the test of this full name, and only there its body.
pub fn running(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments(test)).env(VARIABLE, test);
    command
}

/// Runs such a process, which must pass its test.
pub async fn passes(mut command: Command) {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    has_run(&said);
}

/// Fails for a child that ran no body, such as one whose name is misspelt in [`is_for`].
#[track_caller]
pub fn has_run(said: &str) {
    assert!(said.contains(RUNNING) && said.contains("1 passed"), "the child ran no test: {said}");
}

/// The arguments by which the test binary runs one test.
pub fn arguments(test: &str) -> [&str; 3] {
    ["--exact", test, "--nocapture"]
}

/// Whether this is the process made for the test.
#[expect(clippy::disallowed_methods, reason = "how a child learns its part")]
#[expect(clippy::print_stdout, reason = "how its parent learns that the body ran")]
pub fn is_for(test: &str) -> bool {
    let is_here = std::env::var(VARIABLE).is_ok_and(|running| running == test);
    if is_here {
        println!("{RUNNING}");
    }
    is_here
}

const RUNNING: &str = "the child runs its part";

pub const VARIABLE: &str = "STSCREDS_TEST_CHILD";
