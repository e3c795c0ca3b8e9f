use std::time::Duration;

use fake_sts::fault::Fault;

use super::machine::{Ended, Machine};

#[test]
fn a_valid_session_is_served_while_sts_is_down() {
    let machine = Machine::new();
    let first = machine.run(&["process", "plain"]).succeeds().json();
    machine.expire_in(40);

    let mut command = machine.stscreds(&["process", "plain"]);
    let ended = Ended::of(command.env("AWS_ENDPOINT_URL_STS", machine.sts.uri()).output().unwrap());
    // Up: a session with 40 s left is renewed.
    assert_ne!(ended.succeeds().json()["AccessKeyId"], first["AccessKeyId"]);

    let kept = machine.run(&["process", "plain"]).succeeds().json();
    machine.expire_in(40);
    let _down = machine.sts.outage().unwrap();
    let served = machine.run(&["process", "plain"]).succeeds();
    assert_eq!(served.json()["AccessKeyId"], kept["AccessKeyId"]);
    assert!(served.stderr.contains("using the cached session, valid until"), "{served:?}");
}

#[test]
fn sts_that_cannot_be_reached_has_an_exit_code_and_names_the_endpoint() {
    let machine = Machine::new();
    let _down = machine.sts.outage().unwrap();

    machine.run(&["process", "plain"]).fails(5, machine.sts.uri());
}

#[test]
fn an_unavailable_sts_is_asked_twice_and_no_more() {
    let machine = Machine::new();
    let _broken = machine.sts.inject(Fault::error("ServiceUnavailable"));

    machine.run(&["process", "plain"]).fails(5, "ServiceUnavailable");

    assert_eq!(machine.calls().len(), 2);
}

#[test]
fn a_denial_is_not_covered_up_by_a_session() {
    let machine = Machine::new();
    machine.run(&["process", "plain"]).succeeds();
    machine.expire_in(40);
    let _denied = machine.sts.inject(Fault::error("AccessDenied"));

    machine.run(&["process", "plain"]).fails(4, "AccessDenied");
}

#[test]
fn a_clock_that_is_behind_by_a_day_still_gets_a_session() {
    let machine = Machine::new();
    machine.sts.clock().advance(Duration::from_secs(86_400));

    machine.run(&["process", "plain"]).succeeds();
}

#[test]
fn an_edited_role_is_never_served_by_the_old_session() {
    let machine = Machine::new();
    let old = machine.run(&["process", "plain"]).succeeds().json();

    machine.add_to_config("[profile other]\nregion = eu-west-1\n");
    let same = machine.run(&["process", "plain"]).succeeds().json();
    assert_eq!(same["AccessKeyId"], old["AccessKeyId"]);

    let config = std::fs::read_to_string(machine.path(".aws/config")).unwrap();
    let edited =
        config.replacen("role/plain", "role/external\nexternal_id = fake-sts-external-id", 1);
    machine.write(".aws/config", edited);
    let new = machine.run(&["whoami", "plain", "--json"]).succeeds().json();
    assert!(new["Arn"].as_str().unwrap().contains("/external/"), "{new}");
}

#[test]
fn min_ttl_renews_and_the_old_session_stays_until_then() {
    let machine = Machine::new();
    let first = machine.run(&["process", "short"]).succeeds().json();

    let same = machine.run(&["process", "short", "--min-ttl", "10m"]).succeeds().json();
    assert_eq!(same["AccessKeyId"], first["AccessKeyId"]);
    let longer = machine.run(&["process", "short", "--min-ttl", "16m"]).succeeds().json();
    assert_ne!(longer["AccessKeyId"], first["AccessKeyId"]);
}
