use super::machine::{Ended, Machine};

#[test]
fn a_named_profile_is_used_whatever_keys_are_set() {
    let machine = Machine::new();
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        let mut command = machine.stscreds(&["whoami", "--json"]);
        command.env(name, "plain").env("AWS_ACCESS_KEY_ID", "AKIASTALE");
        command.env("AWS_SECRET_ACCESS_KEY", "stale").env("AWS_ROLE_ARN", "stale");

        let ended = Ended::of(command.output().unwrap()).succeeds();

        assert!(ended.json()["Arn"].as_str().unwrap().contains("/plain/"), "{ended:?}");
    }
}

#[test]
fn keys_of_the_environment_are_used_where_no_profile_is_named() {
    let machine = Machine::new();
    let environment = machine.sts.environment_of("bob").unwrap();
    let key = environment.access_key().unwrap();
    let mut command = machine.stscreds(&["whoami", "--no-session", "--json"]);
    command.env("AWS_ACCESS_KEY_ID", &key.id).env("AWS_SECRET_ACCESS_KEY", &key.secret);

    let ended = Ended::of(command.output().unwrap()).succeeds();

    assert_eq!(ended.json()["Arn"], "arn:aws:iam::111122223333:user/bob");
}

#[test]
fn a_helper_is_run_once_for_all_and_its_session_is_kept() {
    let machine = Machine::new();
    machine.write(
        "helper",
        "#!/bin/sh\necho run >> \"$HOME/runs\"\necho '{\"Version\": 1, \"AccessKeyId\": \"ASIAX\", \
         \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\", \"Expiration\": \"2099-01-01T00:00:00Z\"}'\n",
    );
    let helper = machine.path("helper").display().to_string();
    machine.add_to_config(&format!("[profile helped]\ncredential_process = /bin/sh {helper}\n"));

    for _ in 0..3 {
        let json = machine.run(&["process", "helped"]).succeeds().json();
        assert_eq!(json["AccessKeyId"], "ASIAX");
    }

    assert_eq!(std::fs::read_to_string(machine.path("runs")).unwrap(), "run\n");
}

#[test]
fn github_is_told_to_hide_the_secrets() {
    let machine = Machine::new();
    let mut command = machine.stscreds(&["env", "plain", "--format", "json"]);

    let ended = Ended::of(command.env("GITHUB_ACTIONS", "true").output().unwrap()).succeeds();

    let token = ended.json()["AWS_SESSION_TOKEN"].as_str().unwrap().to_owned();
    assert!(ended.stderr.contains(&format!("::add-mask::{token}")), "{ended:?}");
}
