//! What a tester does most, each in a line.

use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use fake_sts::journal::Filter;
use fake_sts::oidc::Issuer;
use fake_sts::standard;
use fake_sts::world::{Account, Role, User, World};

use crate::client::{ALICE, Answer, Call, ask, call, keys, send};

const BUCKETS: &str = "arn:aws:iam::111122223333:role/buckets";

fn assume(role: &str, more: &[(&str, &str)]) -> Call {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "run")];
    parameters.extend(more);
    call("AssumeRole", &parameters)
}

async fn with(role: Role) -> FakeSts {
    FakeSts::builder().add_role(role).start().await.unwrap()
}

async fn status(sts: &FakeSts, more: &[(&str, &str)]) -> u16 {
    ask(sts, &keys(ALICE), assume(BUCKETS, more)).await.status
}

const TAGGED: [(&str, &str); 2] = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];

#[tokio::test]
async fn a_role_trusts_its_account_and_the_default_world_stays() {
    let sts = with(Role::new("buckets").trusts_account(standard::ACCOUNT)).await;

    assert_eq!(status(&sts, &[]).await, 200);
    assert_eq!(status(&sts, &TAGGED).await, 200);
    assert_eq!(ask(&sts, &keys(ALICE), assume(standard::ROLE_PLAIN, &[])).await.status, 200);
}

#[tokio::test]
async fn a_role_wants_an_external_id_also_of_a_caller_that_passes_tags() {
    let sts =
        with(Role::new("buckets").trusts_account(standard::ACCOUNT).external_id("x-17")).await;
    let id = ("ExternalId", "x-17");

    assert_eq!(status(&sts, &[]).await, 403);
    assert_eq!(status(&sts, &[("ExternalId", "x-18")]).await, 403);
    assert_eq!(status(&sts, &[id]).await, 200);
    assert_eq!(status(&sts, &[id, TAGGED[0], TAGGED[1], ("SourceIdentity", "me")]).await, 200);
}

#[tokio::test]
async fn a_role_requires_mfa_and_a_device_is_known_by_its_name() {
    let sts = with(Role::new("buckets").trusts_account(standard::ACCOUNT).requires_mfa()).await;

    assert_eq!(status(&sts, &[]).await, 403);
    for name in ["alice", "mfa/alice", standard::ALICE_MFA] {
        let code = sts.totp_code(name).unwrap();
        let proof = [("SerialNumber", standard::ALICE_MFA), ("TokenCode", code.as_str())];
        assert_eq!(status(&sts, &proof).await, 200, "{name}");
        sts.clock().advance(Duration::from_secs(30));
    }
    assert!(sts.totp_code("carol").unwrap_err().to_string().contains(standard::ALICE_MFA));
}

#[tokio::test]
async fn a_role_trusts_one_user_and_no_other() {
    for (trusted, wanted) in [(standard::ALICE, 200), (standard::BOB, 403)] {
        let sts = with(Role::new("buckets").trusts(trusted)).await;
        assert_eq!(status(&sts, &[]).await, wanted, "{trusted}");
    }
}

#[tokio::test]
async fn a_role_trusts_an_issuer_for_an_audience_and_subjects() {
    const GITHUB: &str = "https://token.actions.githubusercontent.com";
    let role = Role::new("buckets").trusts_oidc(GITHUB, "sts.amazonaws.com", "repo:octo/cat:*");
    let sts = with(role).await;
    let assume = async |token: String| -> Answer {
        let parameters = [
            ("RoleArn", BUCKETS),
            ("RoleSessionName", "run"),
            ("WebIdentityToken", token.as_str()),
        ];
        send(&sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(&sts)).await
    };
    let token = || sts.issuer_at(GITHUB).token();

    assert_eq!(
        assume(token().subject("repo:octo/cat:ref:refs/heads/main").mint()).await.status,
        200
    );
    assert_eq!(
        assume(token().subject("repo:octo/cat:x").principal_tag("a", "b").mint()).await.status,
        200
    );
    assert_eq!(assume(token().subject("repo:octo/dog:x").mint()).await.status, 403);
    assert_eq!(
        assume(token().subject("repo:octo/cat:x").audience("other").mint()).await.status,
        400
    );
    let elsewhere = Issuer::new("https://other.example").token_at(sts.clock().now());
    assert_eq!(assume(elsewhere.subject("repo:octo/cat:x").mint()).await.status, 400);
}

#[cfg(feature = "saml")]
#[tokio::test]
async fn a_role_trusts_a_saml_provider() {
    let sts = with(Role::new("buckets").trusts_saml("Idp")).await;
    let provider = "arn:aws:iam::111122223333:saml-provider/Idp";
    let assertion = sts.saml_identity_provider().assertion().role(provider, BUCKETS).mint();
    let parameters =
        [("RoleArn", BUCKETS), ("PrincipalArn", provider), ("SAMLAssertion", assertion.as_str())];

    let answer = send(&sts, call("AssumeRoleWithSAML", &parameters).unsigned(&sts)).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// What is said in words is in the world as policies, to be exported, patched and put back.
#[tokio::test]
async fn what_a_role_trusts_is_in_its_policy_beside_what_it_says_itself() {
    let sts =
        with(Role::new("buckets").trusts_account("444455556666").trusts(standard::ALICE)).await;
    let json = serde_json::to_string(&sts.world()).unwrap();

    sts.set_world(serde_json::from_str::<World>(&json).unwrap()).unwrap();
    assert_eq!(status(&sts, &[]).await, 200);

    let mut role = Role::new("buckets").trusts_account("444455556666").trusts(standard::ALICE);
    role.trust_policy = serde_json::json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Deny", "Principal": {"AWS": standard::ALICE}, "Action": "sts:*"}});
    assert_eq!(status(&with(role).await, &[]).await, 403);
}

/// Across accounts both sides must allow: the role by its trust, the user by a permission.
#[tokio::test]
async fn a_user_may_assume_a_role_of_another_account_by_name_or_arn() {
    let partner =
        Account::new("777788889999").role(Role::new("far").trusts_account(standard::ACCOUNT));
    let far = "arn:aws:iam::777788889999:role/far";
    for (permitted, wanted) in [("far", 200), (far, 200), ("near", 403)] {
        let user = User::new("carol")
            .access_key("AKIARTX3GSDSQCAROL22", "fake-sts/secret/of/carol/not/for/real/00")
            .may_assume(permitted);
        let sts =
            FakeSts::builder().add_user(user).add_account(partner.clone()).start().await.unwrap();
        let carol = keys(("AKIARTX3GSDSQCAROL22", "fake-sts/secret/of/carol/not/for/real/00"));

        let answer = ask(&sts, &carol, assume(far, &[])).await;
        let tagged = ask(&sts, &carol, assume(far, &TAGGED)).await;

        assert_eq!(
            (answer.status, tagged.status),
            (wanted, wanted),
            "{permitted}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn nothing_that_was_added_is_lost() {
    let own = World::empty().account(Account::new("777788889999"));
    let sts = FakeSts::builder()
        .account(Account::new("888899990000"))
        .world(own)
        .add_role(Role::new("buckets").trusts_account("888899990000"))
        .start()
        .await
        .unwrap();

    let world = sts.world();
    let ids = world.accounts.iter().map(|account| account.id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids, ["777788889999", "888899990000"]);
    assert_eq!(sts.role_arn("buckets").as_deref(), Some("arn:aws:iam::777788889999:role/buckets"));
    assert_eq!(sts.role_arn("plain"), None);
}

#[tokio::test]
async fn the_names_of_the_default_world_are_in_it() {
    let sts = FakeSts::start().await;

    for (name, arn) in [
        ("plain", standard::ROLE_PLAIN),
        ("external", standard::ROLE_EXTERNAL),
        ("mfa", standard::ROLE_MFA),
        ("web", standard::ROLE_WEB),
        ("next", standard::ROLE_NEXT),
        ("partner", standard::ROLE_PARTNER),
    ] {
        assert_eq!(sts.role_arn(name).as_deref(), Some(arn));
    }
    for (user, id, secret) in [
        (standard::ALICE, standard::ALICE_ACCESS_KEY_ID, standard::ALICE_SECRET_ACCESS_KEY),
        (standard::BOB, standard::BOB_ACCESS_KEY_ID, standard::BOB_SECRET_ACCESS_KEY),
    ] {
        let environment = sts.environment_of(user).unwrap();
        let key = environment.access_key().unwrap();
        assert_eq!((key.id.as_str(), key.secret.as_str()), (id, secret));
    }
    let external = assume(standard::ROLE_EXTERNAL, &[("ExternalId", standard::EXTERNAL_ID)]);
    assert_eq!(ask(&sts, &keys(ALICE), external).await.status, 200);
    assert!(standard::ROLE_PARTNER.contains(standard::PARTNER_ACCOUNT));
}

/// The message of the panic of a test, and where it points.
fn panic_of(test: impl FnOnce()) -> (String, String) {
    use std::sync::{Mutex, PoisonError};
    static HOOK: Mutex<()> = Mutex::new(());
    static PLACE: Mutex<String> = Mutex::new(String::new());
    let _alone = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let before = std::panic::take_hook();
    let this = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == this {
            let place = info.location().map(|place| place.file().to_owned()).unwrap_or_default();
            *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
        }
    }));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(test)).unwrap_err();
    std::panic::set_hook(before);
    let message = panic.downcast_ref::<String>().cloned().unwrap_or_default();
    (message, PLACE.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

#[tokio::test]
async fn the_only_call_and_the_last_one_are_had_without_an_index() {
    let sts = FakeSts::start().await;
    let (message, place) = panic_of(|| drop(sts.journal().only()));
    assert_eq!(message, "expected exactly one call, found 0:");
    assert!(place.ends_with("harness.rs"), "{place}");
    assert_eq!(panic_of(|| drop(sts.journal().last())).0, "expected a call, found 0:");

    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    assert_eq!(sts.journal().only().operation, "GetCallerIdentity");
    status(&sts, &[]).await;

    assert_eq!(sts.journal().last().operation, "AssumeRole");
    let (message, _) = panic_of(|| drop(sts.journal().only()));
    assert!(message.starts_with("expected exactly one call, found 2:\n  #1 "), "{message}");
    assert!(message.lines().nth(2).unwrap().contains("AssumeRole"), "{message}");
}

/// Panics point to the test, not into this crate.
#[tokio::test]
async fn what_cannot_be_expected_is_shown_where_it_was_written() {
    let sts = FakeSts::start().await;
    let nowhere = |test: &dyn Fn()| {
        let (message, place) = panic_of(test);
        assert!(place.ends_with("harness.rs"), "{place}: {message}");
    };
    let (more, fewer) = (3, 2);

    nowhere(&|| drop(sts.expect(Filter::new().operation("AsumeRole"))));
    nowhere(&|| drop(sts.expect(Filter::new()).times(more..fewer)));
    nowhere(&|| drop(sts.inject(Fault::error("No"))));
}

#[tokio::test]
async fn a_filter_takes_a_condition_of_a_test() {
    let sts = FakeSts::start().await;
    status(&sts, &[]).await;
    ask(&sts, &keys(ALICE), assume(standard::ROLE_PLAIN, &TAGGED)).await;
    let tagged =
        || Filter::new().that("has a tag", |call| call.parameter("Tags.member.1.Key").is_some());

    let calls = sts.journal().calls_where(tagged()).unwrap();
    let unmet = sts.expect(tagged()).named("one with a tag");
    status(&sts, &[]).await;
    let unmet = unmet.verify().unwrap_err().to_string();

    assert_eq!(calls.iter().map(|call| call.sequence).collect::<Vec<_>>(), [2]);
    assert!(unmet.contains("no call that has a tag came"), "{unmet}");
    assert!(unmet.contains("not true: has a tag"), "{unmet}");
}
