use super::machine::{Ended, Machine};

#[test]
fn what_was_meant_is_suggested() {
    let machine = Machine::new();

    machine.run(&["process", "plian"]).fails(2, "did you mean \"plain\"?");
    machine.run(&["process", "plain", "--min-tll", "1m"]).fails(2, "--min-ttl");
    machine.run(&["whoam"]).fails(2, "whoami");
}

#[test]
fn a_loop_is_named_and_not_followed() {
    let machine = Machine::new();

    let ended = machine.run(&["process", "loop"]).fails(2, "loop");

    assert!(ended.stderr.contains("loop2"), "{ended:?}");
    assert!(machine.calls().is_empty());
}

#[test]
fn a_malformed_policy_has_its_place_and_is_not_sent() {
    let machine = Machine::new();
    let policy = machine.path("policy.json").display().to_string();
    for (text, says) in [
        ("{\n  \"Statement\": [,]\n}", "line 2, column 17"),
        ("{\"Statement\": [", "ends too early"),
        ("{}", "has no Statement"),
        ("", "ends too early"),
    ] {
        machine.write("policy.json", text);
        machine.run(&["process", "plain", "--policy", &policy]).fails(2, says);
    }
    machine.run(&["process", "plain", "--policy", "/nowhere"]).fails(2, "cannot read the policy");
    assert!(machine.calls().is_empty());
}

#[test]
fn a_policy_that_is_too_long_is_refused_in_words() {
    let machine = Machine::new();
    let resources: Vec<_> = (0..400).map(|n| format!("\"arn:aws:s3:::bucket-{n}/*\"")).collect();
    machine.write(
        "policy.json",
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\
             \"Resource\":[{}]}}]}}",
            resources.join(",")
        ),
    );
    let policy = machine.path("policy.json").display().to_string();

    let ended = machine.run(&["process", "plain", "--policy", &policy]);

    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("policy"), "{ended:?}");
}

#[test]
fn control_characters_of_a_profile_do_not_reach_the_terminal() {
    let machine = Machine::new();
    machine.add_to_config(
        "[profile \"a\x1b[31mb\"]\nrole_arn = arn:aws:iam::111122223333:role/plain\n\
         source_profile = alice\n",
    );

    for arguments in [
        &["process", "a\x1b[31mc"][..],
        &["explain", "a\x1b[31mb"],
        &["list"],
        &["explain", "a\x1b]0;x\x07"],
    ] {
        machine.run(&["process", "a\x1b[31mb"]).succeeds();
        let ended = machine.run(arguments);
        assert!(!ended.stdout.contains('\x1b') && !ended.stderr.contains('\x1b'), "{ended:?}");
    }
}

#[test]
fn errors_are_json_for_machines() {
    let machine = Machine::new();
    let ended = machine.run(&["process", "nowhere", "--json"]).fails(2, "no profile");

    let error: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(error["error"]["exit"], 2);
}

#[test]
fn a_region_is_demanded_before_a_person_is_asked() {
    let machine = Machine::new();
    let mut command = machine.stscreds(&["process", "mfa"]);

    Ended::of(command.env_remove("AWS_REGION").output().unwrap()).fails(2, "AWS_REGION");
}

#[test]
fn a_new_profile_gets_its_credentials_from_here() {
    let machine = Machine::new();

    machine.run(&["configure", "ci", "--from", "plain"]).succeeds();

    let config = std::fs::read_to_string(machine.path(".aws/config")).unwrap();
    assert!(config.ends_with("\n[profile ci]\ncredential_process = stscreds process plain\n"));
    machine.run(&["configure", "ci", "--from", "plain"]).fails(2, "already a profile");
    machine.run(&["configure", "x", "--from", "plian"]).fails(2, "did you mean \"plain\"?");
    machine.run(&["configure", "a]b", "--from", "plain"]).fails(2, "cannot be the name");
}
