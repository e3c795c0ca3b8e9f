use std::process::Command;

use super::machine::Machine;

#[test]
fn the_shell_gets_the_session_and_loses_the_old_one() {
    let machine = Machine::new();
    for shell in ["sh", "bash", "dash"] {
        let script = format!(
            "export AWS_SECURITY_TOKEN=old AWS_PROFILE=old; eval \"$({} env plain)\" && \
             echo \"$AWS_ACCESS_KEY_ID/$AWS_SECURITY_TOKEN/$AWS_PROFILE/$AWS_REGION\"",
            env!("CARGO_BIN_EXE_stscreds")
        );
        let mut command = Command::new(shell);
        machine.prepare(&mut command);
        let output = command.args(["-c", &script]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();

        assert!(said.starts_with("ASIA") && said.ends_with("///us-east-1\n"), "{shell}: {said}");
    }
}

#[test]
fn a_failure_removes_what_is_there_and_fails_in_the_shell() {
    let machine = Machine::new();
    let script = format!(
        "export AWS_ACCESS_KEY_ID=old AWS_SESSION_TOKEN=old; eval \"$({} env nowhere)\"; \
         echo \"$?/$AWS_ACCESS_KEY_ID/$AWS_SESSION_TOKEN\"",
        env!("CARGO_BIN_EXE_stscreds")
    );
    let mut command = Command::new("sh");
    machine.prepare(&mut command);

    let output = command.args(["-c", &script]).output().unwrap();

    assert_eq!(String::from_utf8(output.stdout).unwrap(), "1//\n");
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no profile"));
}

#[test]
fn every_format_has_the_same_session() {
    let machine = Machine::new();
    let json = machine.run(&["env", "plain", "--format", "json"]).succeeds().json();
    let key = json["AWS_ACCESS_KEY_ID"].as_str().unwrap();
    let token = json["AWS_SESSION_TOKEN"].as_str().unwrap();

    for format in ["sh", "fish", "powershell", "cmd", "dotenv"] {
        let text = machine.run(&["env", "plain", "--format", format]).succeeds().stdout;
        assert!(text.contains(key) && text.contains(token), "{format}: {text}");
    }
    assert_eq!(machine.calls(), ["AssumeRole"]);
}

#[test]
fn values_with_quotes_and_spaces_reach_the_shell_whole() {
    let machine = Machine::new();
    let region = "a'b \"c\" $d `e`";
    let mut command = machine.stscreds(&["env", "plain", "--format", "sh"]);
    machine.run(&["process", "alice"]).succeeds();
    let text = super::machine::Ended::of(command.env("AWS_REGION", "us-east-1").output().unwrap())
        .succeeds();
    assert!(text.stdout.contains("'us-east-1'"));
    // The region of a profile is quoted, whatever is in it.
    machine.add_to_config(&format!(
        "[profile odd]\naws_access_key_id = A\naws_secret_access_key = s\nregion = {region}\n"
    ));
    let script = format!(
        "unset AWS_REGION; eval \"$({} env odd --allow-long-term)\"; printf %s \"$AWS_REGION\"",
        env!("CARGO_BIN_EXE_stscreds")
    );
    let mut command = Command::new("sh");
    machine.prepare(&mut command);
    let output = command.args(["-c", &script]).output().unwrap();

    assert_eq!(String::from_utf8(output.stdout).unwrap(), region);
}
