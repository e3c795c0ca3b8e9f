use super::machine::Machine;

#[test]
fn options_of_the_last_role_reach_sts() {
    let machine = Machine::new();
    machine.write("policy.json", "{\"Version\": \"2012-10-17\", \"Statement\": []}");
    let policy = machine.path("policy.json").display().to_string();

    machine
        .run(&[
            "process",
            "alice",
            "--role-arn",
            "arn:aws:iam::111122223333:role/external",
            "--external-id",
            "fake-sts-external-id",
            "--session-name",
            "me",
            "--duration",
            "30m",
            "--policy",
            &policy,
            "--policy-arn",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ])
        .succeeds();

    let call = machine.sts.journal().calls().remove(0);
    for (name, value) in [
        ("RoleArn", "arn:aws:iam::111122223333:role/external"),
        ("RoleSessionName", "me"),
        ("DurationSeconds", "1800"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ] {
        assert_eq!(call.parameter(name), Some(value));
    }
}

#[test]
fn each_option_has_a_session_of_its_own() {
    let machine = Machine::new();
    machine.write("policy.json", "{\"Version\": \"2012-10-17\", \"Statement\": []}");
    let policy = machine.path("policy.json").display().to_string();
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let cases: [&[&str]; 6] = [
        &[],
        &["--session-name", "a1"],
        &["--duration", "20m"],
        &["--policy", &policy],
        &["--policy-arn", read_only],
        &["--region", "eu-west-1"],
    ];

    for _ in 0..2 {
        for options in cases {
            let arguments: Vec<_> = ["process", "plain"].iter().chain(options).copied().collect();
            machine.run(&arguments).succeeds();
        }
    }

    assert_eq!(machine.calls().len(), cases.len());
}

#[test]
fn an_option_of_a_role_needs_a_role() {
    let machine = Machine::new();
    for option in ["--external-id", "--session-name", "--source-identity", "--policy-arn"] {
        machine.run(&["process", "alice", option, "abc"]).fails(2, "needs a role");
    }
    machine.run(&["process", "plain", "--tag", "a"]).fails(2, "key=value");
    machine.run(&["process", "plain", "--tag", "a=b", "--transitive", "c"]).fails(2, "\"c\"");
}
