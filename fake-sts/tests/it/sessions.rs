//! What sessions carry on: tags, source identity, session policies, MFA, and what becomes of them.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use fake_sts::world::{Account, MfaDevice, Role, User};
use fake_sts::{FakeSts, FakeStsBuilder};
use serde_json::{Value, json};

use crate::client::{ALICE, Answer, ask, call, keys};

const USER: (&str, &str) = ("AKIARTX3GSDSQUSER222", "user-secret");
const ROOT: (&str, &str) = ("AKIARTX3GSDSQROOT222", "root-secret");
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/user";

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800)
}

fn allow(actions: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

/// A trust policy for the account that allows these actions under this condition.
fn trust(actions: &Value, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": actions, "Condition": condition}]})
}

fn everything() -> Value {
    json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
}

fn account() -> Account {
    let user = User::new("user")
        .path("/staff/")
        .access_key(USER.0, USER.1)
        .mfa_device(MfaDevice::virtual_device("user"))
        .tag("team", "red")
        .policy("allow-sts", allow(&json!("sts:*")));
    let open = |name: &str| {
        Role::new(name)
            .trust_policy(trust(&everything(), &json!({})))
            .policy("allow-sts", allow(&json!("sts:*")))
    };
    let blue = json!({"StringEquals": {"aws:PrincipalTag/team": "blue"}});
    Account::new("111122223333")
        .user(user)
        .root_access_key(ROOT.0, ROOT.1)
        .role(open("first").max_session_duration(Duration::from_secs(43200)))
        .role(open("second").max_session_duration(Duration::from_secs(43200)))
        .role(Role::new("untagged").trust_policy(trust(&json!("sts:AssumeRole"), &json!({}))))
        .role(Role::new("blue").trust_policy(trust(&everything(), &blue)))
        .role(Role::new("mfa").trust_policy(trust(
            &json!("sts:AssumeRole"),
            &json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}),
        )))
}

fn builder() -> FakeStsBuilder {
    FakeSts::builder().account(account()).clock_frozen_at(noon())
}

async fn assume(
    sts: &FakeSts,
    credentials: &Credentials,
    role: &str,
    more: &[(&str, &str)],
) -> Answer {
    let arn = format!("arn:aws:iam::111122223333:role/{role}");
    let mut parameters = vec![("RoleArn", arn.as_str()), ("RoleSessionName", "run")];
    parameters.extend(more);
    ask(sts, credentials, call("AssumeRole", &parameters)).await
}

const BLUE: [(&str, &str); 2] = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
const TRANSITIVE: [(&str, &str); 3] = [BLUE[0], BLUE[1], ("TransitiveTagKeys.member.1", "team")];

#[tokio::test]
async fn transitive_tags_go_along_the_chain_and_others_do_not() {
    let sts = builder().start().await.unwrap();
    let user = keys(USER);
    let once = assume(&sts, &user, "first", &BLUE).await.credentials();
    let transitive = assume(&sts, &user, "first", &TRANSITIVE).await.credentials();

    let direct = assume(&sts, &once, "blue", &[]).await;
    let lost =
        assume(&sts, &assume(&sts, &once, "second", &[]).await.credentials(), "blue", &[]).await;
    let further = assume(&sts, &transitive, "second", &[]).await.credentials();
    let kept = assume(&sts, &further, "blue", &[]).await;

    assert_eq!((direct.status, lost.status, kept.status), (200, 403, 200));
    // The tag of the user itself is another one.
    assert_eq!(assume(&sts, &user, "blue", &[]).await.status, 403);
}

#[tokio::test]
async fn an_inherited_tag_cannot_be_overridden_in_any_case() {
    let sts = builder().start().await.unwrap();
    let session = assume(&sts, &keys(USER), "first", &TRANSITIVE).await.credentials();

    let answer = assume(
        &sts,
        &session,
        "second",
        &[("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "red")],
    )
    .await;

    assert_eq!(
        answer.error(),
        "400 InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
    );
}

#[tokio::test]
async fn tags_and_source_identities_need_permission_also_when_inherited() {
    let sts = builder().start().await.unwrap();
    let user = keys(USER);
    let denied = |caller: &str, action: &str| {
        format!(
            "403 AccessDenied: User: {caller} is not authorized to perform: {action} on resource: arn:aws:iam::111122223333:role/untagged"
        )
    };
    let (user_arn, session_arn) = (
        "arn:aws:iam::111122223333:user/staff/user",
        "arn:aws:sts::111122223333:assumed-role/first/run",
    );
    let tagged = assume(&sts, &user, "first", &TRANSITIVE).await.credentials();
    let named = assume(&sts, &user, "first", &[("SourceIdentity", "alice")]).await.credentials();

    assert_eq!(
        assume(&sts, &user, "untagged", &BLUE).await.error(),
        denied(user_arn, "sts:TagSession")
    );
    assert_eq!(
        assume(&sts, &tagged, "untagged", &[]).await.error(),
        denied(session_arn, "sts:TagSession")
    );
    assert_eq!(
        assume(&sts, &user, "untagged", &[("SourceIdentity", "alice")]).await.error(),
        denied(user_arn, "sts:SetSourceIdentity")
    );
    assert_eq!(
        assume(&sts, &named, "untagged", &[]).await.error(),
        denied(session_arn, "sts:SetSourceIdentity")
    );
}

#[tokio::test]
async fn a_source_identity_stays_once_it_is_set() {
    let sts = builder().start().await.unwrap();
    let session = assume(&sts, &keys(USER), "first", &[("SourceIdentity", "alice")]).await;

    let omitted = assume(&sts, &session.credentials(), "second", &[]).await;
    let same = assume(&sts, &session.credentials(), "second", &[("SourceIdentity", "alice")]).await;
    let other = assume(&sts, &session.credentials(), "second", &[("SourceIdentity", "bob")]).await;

    assert_eq!(session.text("SourceIdentity"), "alice");
    assert_eq!((omitted.text("SourceIdentity"), same.text("SourceIdentity")), ("alice", "alice"));
    assert_eq!(
        other.error(),
        "400 ValidationError: The source identity is already set for this assume role session"
    );
}

#[tokio::test]
async fn a_source_identity_has_256_characters_at_most_and_no_colon() {
    let sts = builder().start().await.unwrap();
    let check = async |value: &str| {
        assume(&sts, &keys(USER), "first", &[("SourceIdentity", value)]).await.error()
    };

    assert_eq!(check(&"a".repeat(256)).await, "200 no code");
    assert!(
        check(&"a".repeat(257))
            .await
            .ends_with("Member must have length less than or equal to 256")
    );
    assert!(
        check("aws:alice")
            .await
            .ends_with(r"Member must satisfy regular expression pattern: [\w+=,.@-]*")
    );
}

#[tokio::test]
async fn chaining_is_limited_to_an_hour_also_from_a_session_of_a_user() {
    let sts = builder().start().await.unwrap();
    let limit = "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    let long = [("DurationSeconds", "3601")];
    let of_user = ask(&sts, &keys(USER), call("GetSessionToken", &[])).await.credentials();
    let of_role = assume(&sts, &keys(USER), "first", &long).await.credentials();

    assert_eq!(assume(&sts, &of_user, "first", &long).await.error(), limit);
    assert_eq!(assume(&sts, &of_role, "second", &long).await.error(), limit);
    // What no role allows is told first.
    let schema = assume(&sts, &of_role, "second", &[("DurationSeconds", "43201")]).await.error();
    assert!(schema.ends_with("Member must have value less than or equal to 43200"), "{schema}");
}

#[tokio::test]
async fn the_mfa_of_a_user_session_counts_for_roles_and_grows_old() {
    let sts = builder().start().await.unwrap();
    let code = sts.totp_code(DEVICE).unwrap();
    let with_mfa = [("SerialNumber", DEVICE), ("TokenCode", code.as_str())];
    let with = ask(&sts, &keys(USER), call("GetSessionToken", &with_mfa)).await.credentials();
    let without = ask(&sts, &keys(USER), call("GetSessionToken", &[])).await.credentials();

    let fresh = assume(&sts, &with, "mfa", &[]).await;
    let none = assume(&sts, &without, "mfa", &[]).await;
    let chained = assume(&sts, &with, "first", &[]).await.credentials();
    let chained = assume(&sts, &chained, "mfa", &[]).await;
    sts.clock().advance(Duration::from_secs(60));
    let stale = assume(&sts, &with, "mfa", &[]).await;

    assert_eq!((fresh.status, none.status, chained.status, stale.status), (200, 403, 403, 403));
}

#[tokio::test]
async fn session_policies_limit_what_a_session_may_do() {
    let sts = builder().start().await.unwrap();
    let policy = allow(&json!("sts:GetAccessKeyInfo")).to_string();
    let limited = assume(&sts, &keys(USER), "first", &[("Policy", policy.as_str())]).await;
    let administrator =
        [("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AdministratorAccess")];
    let free = assume(&sts, &keys(USER), "first", &administrator).await;
    let info = || call("GetAccessKeyInfo", &[("AccessKeyId", USER.0)]);

    assert_eq!(ask(&sts, &limited.credentials(), info()).await.text("Account"), "111122223333");
    assert_eq!(assume(&sts, &limited.credentials(), "second", &[]).await.status, 403);
    assert_eq!(assume(&sts, &free.credentials(), "second", &[]).await.status, 200);
    assert!(limited.text("PackedPolicySize").parse::<u32>().unwrap() <= 100);
}

#[tokio::test]
async fn managed_policies_of_aws_limit_sessions_by_what_they_say_about_sts() {
    let sts = builder().start().await.unwrap();
    let check = async |name: &str, chains: u16, tells: u16| {
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        let session =
            assume(&sts, &keys(USER), "first", &[("PolicyArns.member.1.arn", &arn)]).await;
        let session = session.credentials();
        let info = call("GetAccessKeyInfo", &[("AccessKeyId", USER.0)]);
        let told = ask(&sts, &session, info).await.status;
        let chained = assume(&sts, &session, "second", &[]).await.status;
        assert_eq!((chained, told), (chains, tells), "{name}");
    };

    check("AdministratorAccess", 200, 200).await;
    check("PowerUserAccess", 200, 200).await;
    check("ReadOnlyAccess", 403, 200).await;
    check("AmazonS3ReadOnlyAccess", 403, 403).await;
    check("service-role/AWSLambdaBasicExecutionRole", 403, 403).await;
}

#[tokio::test]
async fn managed_policies_belong_to_aws_or_to_the_account_of_the_role() {
    let sts = builder().start().await.unwrap();
    for arn in [
        "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy//ReadOnlyAccess",
        "arn:aws:iam::aws:policy/Read Only Access",
        "arn:aws:iam::aws:role/ReadOnlyAccess",
        "arn:aws:iam::444455556666:policy/ReadOnlyAccess",
    ] {
        let answer = assume(&sts, &keys(USER), "first", &[("PolicyArns.member.1.arn", arn)]).await;
        assert_eq!(
            answer.error(),
            format!(
                "400 MalformedPolicyDocument: Policy {arn} does not exist or is not attachable."
            )
        );
    }
}

#[tokio::test]
async fn session_policies_must_be_policies_that_fit() {
    let sts = builder().start().await.unwrap();
    let check = async |name: &str, value: &str, wanted: &str| {
        assert_eq!(assume(&sts, &keys(USER), "first", &[(name, value)]).await.error(), wanted);
    };
    let huge = allow(&json!((0..200).map(|at| format!("service{at}:Action")).collect::<Vec<_>>()))
        .to_string();

    check("Policy", "{", "400 MalformedPolicyDocument: This policy contains invalid Json").await;
    check("Policy", r#"{"Statement": 7}"#, "400 MalformedPolicyDocument: Syntax errors in policy.")
        .await;
    check(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::111122223333:policy/Nothing",
        "400 MalformedPolicyDocument: Policy arn:aws:iam::111122223333:policy/Nothing does not exist or is not attachable.",
    )
    .await;
    let refused = assume(&sts, &keys(USER), "first", &[("Policy", &huge)]).await;
    assert_eq!(refused.text("Code"), "PackedPolicyTooLarge");
    assert!(refused.text("Message").starts_with("Packed policy consumes 1"), "{}", refused.body);
}

#[tokio::test]
async fn a_federated_user_may_say_who_it_is_and_nothing_else() {
    let sts = builder().start().await.unwrap();
    let answer = ask(&sts, &keys(USER), call("GetFederationToken", &[("Name", "carol")])).await;
    let federated = answer.credentials();

    let identity = ask(&sts, &federated, call("GetCallerIdentity", &[])).await;

    assert_eq!(answer.text("FederatedUserId"), "111122223333:carol");
    // The utilization of the token, though nothing was packed (September 2026).
    assert_eq!(answer.text("PackedPolicySize"), "15");
    assert_eq!(answer.text("Expiration"), "2026-07-13T22:00:00Z");
    assert_eq!(identity.text("Arn"), "arn:aws:sts::111122223333:federated-user/carol");
    assert_eq!(identity.text("UserId"), "111122223333:carol");
    assert_eq!(assume(&sts, &federated, "first", &[]).await.status, 403);
    assert_eq!(
        ask(&sts, &federated, call("GetAccessKeyInfo", &[("AccessKeyId", USER.0)])).await.status,
        403
    );
}

#[tokio::test]
async fn the_root_user_assumes_no_roles_and_has_short_sessions() {
    let sts = builder().start().await.unwrap();
    let root = keys(ROOT);

    let identity = ask(&sts, &root, call("GetCallerIdentity", &[])).await;
    let role = assume(&sts, &root, "first", &[]).await;
    let session = ask(&sts, &root, call("GetSessionToken", &[("DurationSeconds", "129600")])).await;

    assert_eq!(identity.text("Arn"), "arn:aws:iam::111122223333:root");
    assert_eq!(identity.text("UserId"), "111122223333");
    assert_eq!(role.error(), "403 AccessDenied: Roles may not be assumed by root accounts.");
    assert_eq!(session.text("Expiration"), "2026-07-13T11:00:00Z");
}

#[tokio::test]
async fn temporary_credentials_get_no_others_of_a_user() {
    let sts = builder().start().await.unwrap();
    let session = assume(&sts, &keys(USER), "first", &[]).await.credentials();

    assert_eq!(
        ask(&sts, &session, call("GetSessionToken", &[])).await.error(),
        "403 AccessDenied: Cannot call GetSessionToken with session credentials"
    );
    assert_eq!(
        ask(&sts, &session, call("GetFederationToken", &[("Name", "carol")])).await.error(),
        "403 AccessDenied: Cannot call GetFederationToken with session credentials"
    );
}

#[tokio::test]
async fn sessions_outlive_a_restart_with_the_same_key_but_not_their_role() {
    let id = "AROARTX3GSDSQAAAAAAAA";
    let with_role = |id: &str| {
        Account::new("111122223333")
            .user(
                User::new("user")
                    .access_key(USER.0, USER.1)
                    .policy("allow", allow(&json!("sts:*"))),
            )
            .role(Role::new("gone").id(id).trust_policy(trust(&everything(), &json!({}))))
    };
    let start = async |id: &str| {
        let builder =
            FakeSts::builder().account(with_role(id)).session_key([7; 32]).clock_frozen_at(noon());
        builder.start().await.unwrap()
    };
    let first = start(id).await;
    let session = assume(&first, &keys(USER), "gone", &[]).await.credentials();

    let same = ask(&start(id).await, &session, call("GetCallerIdentity", &[])).await;
    let made_anew =
        ask(&start("AROARTX3GSDSQBBBBBBBB").await, &session, call("GetCallerIdentity", &[])).await;

    assert_eq!(same.status, 200);
    assert_eq!(
        made_anew.error(),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
}

#[tokio::test]
async fn sessions_of_the_standard_world_outlive_a_restart_with_the_same_key() {
    let start = async |key: u8| FakeSts::builder().session_key([key; 32]).start().await.unwrap();
    let first = start(7).await;
    let session = assume(&first, &keys(ALICE), "plain", &[]).await.credentials();

    let same = ask(&start(7).await, &session, call("GetCallerIdentity", &[])).await;
    let other = ask(&start(8).await, &session, call("GetCallerIdentity", &[])).await;

    assert_eq!(same.status, 200);
    assert_eq!(
        other.error(),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
}

#[tokio::test]
async fn a_role_that_is_deleted_takes_its_sessions_with_it() {
    let sts = builder().start().await.unwrap();
    let session = assume(&sts, &keys(USER), "first", &[]).await.credentials();
    let mut world = sts.world();
    let first = world.accounts[0].roles.remove(0);

    sts.set_world(world.clone()).unwrap();
    let deleted = ask(&sts, &session, call("GetCallerIdentity", &[])).await;
    world.accounts[0].roles.insert(0, Role::new("first").trust_policy(first.trust_policy.clone()));
    sts.set_world(world.clone()).unwrap();
    let made_anew = ask(&sts, &session, call("GetCallerIdentity", &[])).await;
    world.accounts[0].roles[0] = first;
    sts.set_world(world).unwrap();
    let restored = ask(&sts, &session, call("GetCallerIdentity", &[])).await;

    let invalid =
        "403 InvalidClientTokenId: The security token included in the request is invalid.";
    assert_eq!(
        (deleted.error().as_str(), made_anew.error().as_str(), restored.status),
        (invalid, invalid, 200)
    );
}

#[tokio::test]
async fn the_size_of_a_token_is_told_and_made_when_asked() {
    let sts = builder().start().await.unwrap();

    let answer = assume(&sts, &keys(USER), "first", &[("MinimumSessionTokenSize", "2048")]).await;

    assert_eq!(answer.text("SessionToken").len(), 2048);
    assert_eq!(
        (answer.text("SessionTokenSize"), answer.text("SessionTokenUtilization")),
        ("2048", "50")
    );
    assert_eq!(answer.text("PackedPolicySize"), "50");
}

#[tokio::test]
async fn a_percentage_on_demand_concerns_only_who_packs_something() {
    let mut switches = fake_sts::switches::Switches::default();
    switches.packed_policy = fake_sts::switches::PackedPolicy::Percent(119);
    let sts = builder().switches(switches).start().await.unwrap();
    let policy = allow(&json!("sts:*")).to_string();
    let too_large = "400 PackedPolicyTooLarge: Packed policy consumes 119% of allotted space, please use smaller policy.";
    let too_many_tags =
        "400 PackedPolicyTooLarge: Packed size of session tags consumes 119% of allotted space.";

    let plain = assume(&sts, &keys(USER), "first", &[]).await;
    let limited = assume(&sts, &keys(USER), "first", &[("Policy", &policy)]).await;
    let tag = [("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    let tagged = assume(&sts, &keys(USER), "first", &tag).await;
    let session = ask(&sts, &keys(USER), call("GetSessionToken", &[])).await;
    let federated = ask(&sts, &keys(USER), call("GetFederationToken", &[("Name", "guest")])).await;

    assert_eq!((plain.status, session.status, federated.status), (200, 200, 200));
    assert_eq!((limited.error(), tagged.error()), (too_large.to_owned(), too_many_tags.to_owned()));
}
