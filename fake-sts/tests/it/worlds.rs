//! Worlds that cannot be: each refused with where and what, and what to do.

use std::error::Error as _;
use std::time::Duration;

use fake_sts::switches::{MfaWindow, Switches};
use fake_sts::world::{
    AccessKey, Account, MfaDevice, OidcProvider, Role, SamlProvider, User, World,
};
use fake_sts::{FakeSts, FakeStsBuilder, StartError};
use serde_json::{Value, json};

const ID: &str = "111122223333";

fn trust(principal: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]})
}

#[track_caller]
fn check(account: Account, wanted: &str) {
    check_builder(FakeSts::builder().account(account), wanted);
}

#[track_caller]
fn check_builder(builder: FakeStsBuilder, wanted: &str) {
    let error = builder.without_socket().expect_err("the world is not possible");
    assert!(matches!(error, StartError::World(_)));
    assert_eq!(error.to_string(), "the world is not valid");
    assert_eq!(error.source().unwrap().to_string(), wanted);
}

fn role(role: Role) -> Account {
    Account::new(ID).role(role)
}

fn user(user: User) -> Account {
    Account::new(ID).user(user)
}

#[test]
fn what_belongs_to_an_organization_is_checked() {
    let rcp = |statement: Value| json!({"Version": "2012-10-17", "Statement": [statement]});
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"});
    check(
        Account::new(ID).resource_control_policy("p-a1b2c3d4", rcp(deny.clone())),
        "account 111122223333: resource_control_policies: the account has no organization; set `organization`",
    );
    let place = "is no place in the account's organization; write it as o-a1b2c3d4e5/r-ab12/, with the id in `organization`";
    for path in ["o-other00000/r-ab12/", "o-a1b2c3d4e5/r-ab12", "r-ab12/"] {
        check(
            Account::new(ID).organization("o-a1b2c3d4e5").organization_path(path),
            &format!("account 111122223333: organization_path: `{path}` {place}"),
        );
    }
    let managing = Account::new(ID).organization("o-a1b2c3d4e5");
    for (element, value, wanted) in [
        ("Effect", json!("Allow"), "Effect: must be Deny in a resource control policy"),
        ("Principal", json!({"AWS": ID}), "Principal: must be \"*\" in a resource control policy"),
    ] {
        let mut statement = deny.clone();
        statement[element] = value;
        check(
            managing.clone().resource_control_policy("p-a1b2c3d4", rcp(statement)),
            &format!(
                "account 111122223333: policy `p-a1b2c3d4`: policy document, Statement[0].{wanted}"
            ),
        );
    }
}

#[test]
fn accounts_are_checked() {
    check(
        Account::new("123"),
        "account 123: `123` is no account id; write its 12 digits, such as 111122223333",
    );
    check(
        Account::new(ID).partition("aws-mars"),
        "account 111122223333: `aws-mars` is no partition; use aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc",
    );
    check_builder(
        FakeSts::builder().account(Account::new(ID)).account(Account::new(ID)),
        "account 111122223333: there is another account `111122223333`; give one of them another name, or remove it",
    );
}

#[test]
fn users_are_checked() {
    check(
        user(User::new("a b")),
        "account 111122223333, user a b: `a b` is no user name; use 1 to 64 letters, digits and +=,.@_-",
    );
    check(
        user(User::new("a").path("ci")),
        "account 111122223333, user a: `ci` is no path; begin and end it with a slash, such as /ci/",
    );
    check(
        user(User::new("a").access_key("ASIAAAAAAAAAAAAAAAAA", "x")),
        "account 111122223333, user a: `ASIAAAAAAAAAAAAAAAAA` is no id of a long-term access key; use 16 to 128 letters, digits and _, not beginning with ASIA",
    );
    check(
        user(User::new("a").access_key("AKIAAAAAAAAAAAAAAAAA", "")),
        "account 111122223333, user a: the secret of access key `AKIAAAAAAAAAAAAAAAAA` is empty; give it one, usually of 40 characters",
    );
    let key = AccessKey::new("AKIAAAAAAAAAAAAAAAAA", "x");
    check(
        user(User::new("a").key(key.clone()).key(key)),
        "account 111122223333, user a: there is another access key `AKIAAAAAAAAAAAAAAAAA`; give one of them another name, or remove it",
    );
    check(
        user(User::new("a").mfa_device(MfaDevice::virtual_device("a").seed("not base32!"))),
        "account 111122223333, user a: the seed of MFA device `arn:aws:iam::111122223333:mfa/a` is not base32; use A-Z and 2-7, usually 64 of them",
    );
    check(
        user(User::new("a").managed_policy("arn:aws:iam::aws:policy/None")),
        "account 111122223333, user a: there is no managed policy `arn:aws:iam::aws:policy/None`; add it to managed_policies of the account, or to aws_managed_policies",
    );
    check(
        Account::new(ID).user(User::new("a")).user(User::new("A")),
        "account 111122223333, user A: there is another user `A`; give one of them another name, or remove it",
    );
}

#[test]
fn roles_are_checked() {
    check(
        role(Role::new("r")),
        "account 111122223333, role r: the role has no trust policy; say who may assume it with trust_policy",
    );
    check(
        role(Role::new("r").trust_policy(trust(ID)).max_session_duration(Duration::from_secs(60))),
        "account 111122223333, role r: a max_session_duration of 60 seconds; use 3600 to 43200",
    );
    check(
        role(Role::new("r").trust_policy(trust("arn:aws:iam::111122223333:user/nobody"))),
        "account 111122223333, role r: trust policy: Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/nobody\"; add that user or role, or name its account instead",
    );
    check(
        role(Role::new("r").trust_policy(trust(ID)).id("AIDARTX3GSDSQAAAAAAAA")),
        "account 111122223333, role r: `AIDARTX3GSDSQAAAAAAAA` is no stable id of this kind; write AROA and 17 characters of A-Z and 2-7, or leave it out",
    );
    check(
        role(Role::new("r").trust_policy(trust(ID)).tag("aws:x", "y")),
        "account 111122223333, role r: the tag `aws:x` is not possible; keys have 1 to 128 characters and do not begin with aws:, values have at most 256",
    );
}

#[test]
fn providers_are_checked() {
    check(
        Account::new(ID).oidc_provider(OidcProvider::new("http://example.com")),
        "account 111122223333, oidc_provider http://example.com: `http://example.com` is no issuer URL; use https://, a host without port, and perhaps a path, without a query",
    );
    check(
        Account::new(ID).oidc_provider(OidcProvider::new("https://example.com").thumbprint("abc")),
        "account 111122223333, oidc_provider https://example.com: `abc` is no thumbprint; use 40 hexadecimal digits",
    );
    let mut many = OidcProvider::new("https://example.com");
    many.thumbprints = vec!["0123456789abcdef0123456789abcdef01234567".to_owned(); 6];
    check(
        Account::new(ID).oidc_provider(many),
        "account 111122223333, oidc_provider https://example.com: 6 thumbprints; a provider has at most 5",
    );
    let keys = OidcProvider::new("https://example.com").jwks(json!(7));
    let error = FakeSts::builder()
        .account(Account::new(ID).oidc_provider(keys))
        .without_socket()
        .unwrap_err();
    assert!(error.source().unwrap().to_string().contains("the key set cannot be read"));
}

#[test]
fn a_saml_provider_needs_metadata_that_can_be_read() {
    let wanted = if cfg!(feature = "saml") {
        "the metadata document cannot be read"
    } else {
        "this build has no SAML"
    };
    let saml = Account::new(ID).saml_provider(SamlProvider::new("Idp", "<not-metadata/>"));
    let error = FakeSts::builder().account(saml).without_socket().unwrap_err();
    assert!(error.source().unwrap().to_string().contains(wanted));
}

#[test]
fn principals_of_accounts_that_are_not_modelled_are_nobody_in_particular() {
    let account =
        role(Role::new("r").trust_policy(trust("arn:aws:iam::999999999999:user/somebody")));

    assert!(FakeSts::builder().account(account).without_socket().is_ok());
}

#[test]
fn what_is_left_out_is_made_up_and_kept() {
    let account = Account::new(ID)
        .user(User::new("a").generated_access_key().mfa_device(MfaDevice::virtual_device("a")))
        .role(Role::new("r").trust_policy(trust(ID)));
    let first = FakeSts::builder().account(account).without_socket().unwrap().world();

    let again = FakeSts::builder().world(first.clone()).without_socket().unwrap().world();

    assert_eq!(first, again);
    let user = &first.accounts[0].users[0];
    assert!(user.id.as_ref().unwrap().starts_with("AIDARTX3GSDS"));
    let key = &user.access_keys[0];
    assert!(key.id.starts_with("AKIARTX3GSDS") && key.secret.len() == 40, "{key:?}");
    assert_eq!(user.mfa_devices[0].serial, "arn:aws:iam::111122223333:mfa/a");
    assert_eq!(user.mfa_devices[0].seed.as_ref().unwrap().len(), 64);
}

#[test]
fn a_world_is_the_same_in_json_and_back() {
    let world = World::standard();

    let text = serde_json::to_string(&world).unwrap();

    assert_eq!(serde_json::from_str::<World>(&text).unwrap(), world);
}

#[test]
fn unknown_names_in_a_world_are_refused() {
    let error =
        serde_json::from_str::<World>(r#"{"accounts": [{"id": "111122223333", "user": []}]}"#)
            .unwrap_err();

    assert!(error.to_string().starts_with("unknown field `user`"), "{error}");
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let first = FakeSts::start().await;

    let error = FakeSts::builder().port(first.address().unwrap().port()).start().await.unwrap_err();

    assert!(error.to_string().contains("is another server there?"), "{error}");
}

#[tokio::test]
async fn an_address_of_another_machine_is_told_from_a_port_in_use() {
    // Set aside for documentation (RFC 5737), so that no machine has it.
    let error = FakeSts::builder().address("192.0.2.1".parse().unwrap()).start().await.unwrap_err();

    assert_eq!(
        error.to_string(),
        "cannot listen on 192.0.2.1:0; give an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has"
    );
}

#[test]
fn a_world_is_what_was_given_and_the_standard_one_if_nothing_was() {
    let accounts = |builder: FakeStsBuilder| {
        let world = builder.without_socket().unwrap().world();
        (world.accounts.len(), world.switches.mfa_window.0)
    };
    let switches = || {
        let mut switches = Switches::default();
        switches.mfa_window = MfaWindow(3);
        switches
    };

    assert_eq!(accounts(FakeSts::builder()), (2, 2));
    assert_eq!(accounts(FakeSts::builder().switches(switches())), (2, 3));
    assert_eq!(accounts(FakeSts::builder().switches(switches()).account(Account::new(ID))), (1, 3));
    assert_eq!(accounts(FakeSts::builder().world(World::empty())), (0, 2));
    assert_eq!(accounts(FakeSts::builder().switches(switches()).world(World::empty())), (0, 2));
}
