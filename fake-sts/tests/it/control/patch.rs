//! Patches of the world.

use fake_sts::FakeSts;
use fake_sts::world::World;
use http::Method;
use serde_json::{Value, json};

use super::{read, side};
use crate::client::{ALICE, ALICE_MFA, BOB, ask, call, keys};

#[track_caller]
fn check(patch: Value, change: impl FnOnce(&mut World)) {
    let world = FakeSts::builder().without_socket().unwrap().world();
    let mut wanted = world.clone();
    change(&mut wanted);
    assert_eq!(world.patched(&patch).unwrap(), wanted, "{patch}");
}

fn in_home(patch: Value) -> Value {
    json!({"accounts": {"111122223333": patch}})
}

#[test]
fn members_of_lists_are_changed_added_and_deleted_by_their_names() {
    check(json!({}), |_| {});
    check(in_home(json!({"roles": {"plain": null}})), |world| {
        world.accounts[0].roles.retain(|role| role.name != "plain");
    });
    check(in_home(json!({"users": {"bob": {"path": "/staff/"}}})), |world| {
        world.accounts[0].users[1].path = "/staff/".to_owned();
    });
    check(in_home(json!({"users": {"alice": {"tags": {"team": "blue"}}}})), |world| {
        world.accounts[0].users[0].tags.insert("team".to_owned(), "blue".to_owned());
    });
    check(
        in_home(
            json!({"users": {"alice": {"access_keys": {ALICE.0: {"status": "inactive"}}, "mfa_devices": {"mfa/alice": null}}}}),
        ),
        |world| {
            world.accounts[0].users[0].access_keys[0].status = fake_sts::world::KeyStatus::Inactive;
            world.accounts[0].users[0].mfa_devices.clear();
        },
    );
    check(in_home(json!({"users": {"alice": {"mfa_devices": {ALICE_MFA: null}}}})), |world| {
        world.accounts[0].users[0].mfa_devices.clear();
    });
    check(in_home(json!({"disabled_regions": {"eu-south-1": true}})), |world| {
        world.accounts[0].disabled_regions.push("eu-south-1".to_owned());
    });
    let built_in = json!({"https://oidc.fake-sts.test": {"client_ids": {"b": true}}});
    check(in_home(json!({"oidc_providers": built_in})), |world| {
        world.accounts[0].oidc_providers[0].client_ids.push("b".to_owned());
    });
    check(json!({"accounts": {"777788889999": {}}}), |world| {
        world.accounts.push(fake_sts::world::Account::new("777788889999"));
    });
    check(json!({"switches": {"mfa_window": 3}}), |world| {
        world.switches.mfa_window = fake_sts::switches::MfaWindow(3);
    });
    check(json!({"accounts": []}), |world| world.accounts.clear());
}

#[test]
fn a_policy_is_replaced_as_a_whole() {
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    check(in_home(json!({"roles": {"plain": {"trust_policy": trust}}})), |world| {
        world.accounts[0].roles[0].trust_policy = trust.clone();
    });
}

#[tokio::test]
async fn a_patch_takes_effect_at_once_and_leaves_the_rest_alone() {
    let sts = FakeSts::start().await;
    let trust = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}});
    let patch = in_home(json!({"roles": {"new": {"trust_policy": trust}}, "users": {"bob": null}}));
    let ids = |sts: &FakeSts| sts.world().accounts[0].roles[0].id.clone();
    let before = ids(&sts);

    let answer = side(&sts, Method::PATCH, "state", &patch.to_string()).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(ids(&sts), before);
    let new = [("RoleArn", "arn:aws:iam::111122223333:role/new"), ("RoleSessionName", "run")];
    assert_eq!(ask(&sts, &keys(ALICE), call("AssumeRole", &new)).await.status, 200);
    let bob = ask(&sts, &keys(BOB), call("GetCallerIdentity", &[])).await;
    assert_eq!(bob.text("Code"), "InvalidClientTokenId");
}

#[tokio::test]
async fn a_wrong_patch_changes_nothing_and_says_where_it_is_wrong() {
    let sts = FakeSts::start().await;
    let before = sts.world();
    for (patch, wanted) in [
        (json!([]), "send an object: {"),
        (json!(7), "the patch: send an object"),
        (json!({"accounts": {"111122223333": 7}}), "accounts.111122223333: send an object"),
        (
            in_home(json!({"roles": {"plan": null}})),
            "accounts.111122223333.roles.plan: there is nothing of that name to delete; there is plain, external, mfa, web, next",
        ),
        (
            in_home(json!({"role": {"x": {}}})),
            "accounts.111122223333.role: unknown field `role`, expected one of `id`",
        ),
        (
            in_home(json!({"users": {"alice": {"path": 1}}})),
            "accounts.111122223333.users.alice.path: invalid type: integer `1`, expected a string",
        ),
        (
            in_home(json!({"roles": {"x": {}}})),
            "accounts.111122223333.roles.x: missing field `trust_policy`",
        ),
        (
            in_home(json!({"users": {"alice": {"path": "staff"}}})),
            "account 111122223333, user alice: `staff` is no path",
        ),
        (
            in_home(json!({"disabled_regions": {"eu-south-1": {}}})),
            "accounts.111122223333.disabled_regions.eu-south-1: send true to add it, null to remove it",
        ),
    ] {
        let answer = side(&sts, Method::PATCH, "state", &patch.to_string()).await;
        let error = read(&answer)["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, error.starts_with(wanted)), (400, true), "{patch}: {error}");
    }

    assert_eq!(sts.world(), before);
}
