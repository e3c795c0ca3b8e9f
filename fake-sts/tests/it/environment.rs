//! Clients in the environment of a fake call it and nothing else, as the user that is meant, whatever else is set.

use std::collections::{BTreeMap, BTreeSet};

use fake_sts::world::Account;
use fake_sts::{Environment, FakeSts};

/// The names that `cargo xtask variables` found in the code of each client.
const CLIENTS: [(&str, &str); 6] = [
    ("botocore", include_str!("environment/botocore.txt")),
    ("aws-cli", include_str!("environment/aws-cli.txt")),
    ("javascript", include_str!("environment/javascript.txt")),
    ("go", include_str!("environment/go.txt")),
    ("java", include_str!("environment/java.txt")),
    ("rust", include_str!("environment/rust.txt")),
];

fn kept() -> Vec<&'static str> {
    let lines = include_str!("environment/kept.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next()).collect()
}

fn is_kept(name: &str) -> bool {
    kept().iter().any(|kept| match kept.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == *kept,
    })
}

fn set(environment: &Environment) -> BTreeMap<&'static str, String> {
    environment.variables().into_iter().collect()
}

#[tokio::test]
async fn every_variable_that_a_client_reads_is_set_or_removed_or_without_influence() {
    let sts = FakeSts::start().await;
    let (variables, removed) = (set(&sts.environment()), sts.environment().removed());

    for (client, names) in CLIENTS {
        for name in names.lines() {
            let is_known = variables.contains_key(name) || removed.contains(&name) || is_kept(name);
            assert!(
                is_known,
                "{client} reads {name}: set it, remove it, or say in kept.txt why it may stay"
            );
        }
    }
}

#[tokio::test]
async fn no_variable_is_both_set_and_removed_or_kept() {
    let sts = FakeSts::start().await;
    let nobody = FakeSts::builder().account(Account::new("111122223333")).start().await.unwrap();
    for environment in [
        sts.environment(),
        sts.environment().isolated(),
        sts.environment().ca_bundle("/tmp/ca.pem"),
        nobody.environment(),
    ] {
        let (variables, removed) = (set(&environment), environment.removed());
        let once = removed.iter().collect::<BTreeSet<_>>();
        assert_eq!(once.len(), removed.len());
        for name in &removed {
            assert!(!variables.contains_key(name), "{name}");
            let names_another_service = name.starts_with("AWS_BEARER_TOKEN_");
            assert!(!is_kept(name) || names_another_service, "{name}");
        }
    }
}

#[tokio::test]
async fn a_client_without_keys_gets_none_of_somebody_else() {
    let nobody = FakeSts::builder().account(Account::new("111122223333")).start().await.unwrap();

    let removed = nobody.environment().removed();

    assert!(removed.contains(&"AWS_ACCESS_KEY_ID") && removed.contains(&"AWS_SECRET_ACCESS_KEY"));
}

#[tokio::test]
async fn isolated_clients_read_no_files() {
    let sts = FakeSts::start().await;

    assert!(!set(&sts.environment()).contains_key("AWS_CONFIG_FILE"));
    let isolated = set(&sts.environment().isolated());
    assert_eq!(isolated["AWS_CONFIG_FILE"], isolated["AWS_SHARED_CREDENTIALS_FILE"]);
    assert_eq!(std::fs::read(&isolated["AWS_CONFIG_FILE"]).unwrap(), b"");
}

/// What a child process really gets, with every variable of every client set to nonsense before.
#[cfg(unix)]
#[tokio::test]
async fn a_child_process_gets_these_variables_and_no_other_that_counts() {
    let sts = FakeSts::start().await;
    let mut child = std::process::Command::new("env");
    child.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    for name in CLIENTS.iter().flat_map(|(_, names)| names.lines()) {
        child.env(name, "planted");
    }

    let output = sts.environment().isolated().apply(&mut child).output().unwrap();

    let output = String::from_utf8(output.stdout).unwrap();
    let got = output.lines().filter_map(|line| line.split_once('=')).collect::<BTreeMap<_, _>>();
    for (name, value) in sts.environment().isolated().variables() {
        assert_eq!(got[name], value);
    }
    for (name, value) in got {
        assert!(value != "planted" || is_kept(name), "{name}");
    }
}
