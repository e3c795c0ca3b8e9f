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
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// The arguments by which the test binary runs one test.
pub fn arguments(test: &str) -> [&str; 3] {
    ["--exact", test, "--nocapture"]
}

/// Whether this is the process made for the test.
#[expect(clippy::disallowed_methods, reason = "how a child learns its part")]
pub fn is_for(test: &str) -> bool {
    std::env::var(VARIABLE).is_ok_and(|running| running == test)
}

pub const VARIABLE: &str = "STSCREDS_TEST_CHILD";
