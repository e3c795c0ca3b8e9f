//! `GetScopedCredentials`: the same identity with less.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use fake_sts::FakeSts;
use fake_sts::action::Operation;
use serde_json::{Value, json};

use crate::client::{ALICE, Answer, BOB, ask, call, keys};

const PLAIN: &str = "arn:aws:iam::111122223333:role/plain";

async fn start() -> FakeSts {
    with_switches(&json!({})).await
}

async fn with_switches(switches: &Value) -> FakeSts {
    let sts = FakeSts::start().await;
    sts.patch_world(&json!({"switches": switches})).unwrap();
    sts.clock().freeze();
    sts.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)).unwrap();
    sts
}

async fn role(sts: &FakeSts, parameters: &[(&str, &str)]) -> Answer {
    let parameters = [&[("RoleArn", PLAIN), ("RoleSessionName", "run")], parameters].concat();
    ask(sts, &keys(ALICE), call("AssumeRole", &parameters)).await
}

async fn scoped(sts: &FakeSts, by: &Credentials, parameters: &[(&str, &str)]) -> Answer {
    ask(sts, by, call("GetScopedCredentials", parameters)).await
}

/// A policy that allows actions, without a blank.
fn allow(actions: &[&str]) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
        .to_string()
}

fn again() -> String {
    allow(&["sts:GetScopedCredentials", "sts:GetAccessKeyInfo"])
}

async fn key_info(sts: &FakeSts, by: &Credentials) -> u16 {
    ask(sts, by, call("GetAccessKeyInfo", &[("AccessKeyId", ALICE.0)])).await.status
}

#[tokio::test]
async fn a_policy_narrows_and_the_identity_stays() {
    let sts = start().await;
    let parent = role(&sts, &[("SourceIdentity", "person")]).await;
    let before = ask(&sts, &parent.credentials(), call("GetCallerIdentity", &[])).await;

    let child = scoped(&sts, &parent.credentials(), &[("Policy", &allow(&["s3:GetObject"]))]).await;
    let after = ask(&sts, &child.credentials(), call("GetCallerIdentity", &[])).await;

    for name in ["Arn", "UserId", "Account"] {
        assert_eq!(after.text(name), before.text(name));
    }
    assert_eq!(child.text("Arn"), before.text("Arn"));
    assert_eq!(child.text("ScopedSessionId"), before.text("UserId"));
    assert_eq!(child.text("ScopedPoliciesCount"), "1");
    assert_eq!(child.text("SourceIdentity"), "person");
    assert_eq!(child.text("Expiration"), parent.text("Expiration"));
    assert_ne!(child.text("AccessKeyId"), parent.text("AccessKeyId"));
    assert!(child.text("AccessKeyId").starts_with("ASIA"));
    assert_eq!(key_info(&sts, &parent.credentials()).await, 200);
    assert_eq!(key_info(&sts, &child.credentials()).await, 403);
}

#[tokio::test]
async fn a_duration_alone_shortens_and_adds_no_policy() {
    let sts = start().await;
    let parent = role(&sts, &[]).await.credentials();

    let child = scoped(&sts, &parent, &[("DurationSeconds", "60")]).await;

    assert_eq!(child.text("ScopedPoliciesCount"), "0");
    assert_eq!(key_info(&sts, &child.credentials()).await, 200);
    sts.clock().advance(Duration::from_secs(59));
    assert_eq!(key_info(&sts, &child.credentials()).await, 200);
    sts.clock().advance(Duration::from_secs(1));
    let late = ask(&sts, &child.credentials(), call("GetCallerIdentity", &[])).await;
    assert_eq!((late.status, late.text("Code")), (403, "ExpiredToken"));
    assert_eq!(key_info(&sts, &parent).await, 200);
}

#[tokio::test]
async fn it_cannot_outlive_the_session_that_calls() {
    let sts = start().await;
    let parent = role(&sts, &[]).await.credentials();
    sts.clock().advance(Duration::from_secs(600));

    let equal = scoped(&sts, &parent, &[("DurationSeconds", "3000")]).await;
    let longer = scoped(&sts, &parent, &[("DurationSeconds", "3001")]).await;

    assert_eq!(equal.status, 200);
    assert_eq!((longer.status, longer.text("Code")), (400, "InsufficientSessionLifetime"));
}

#[tokio::test]
async fn parameters_are_checked_before_anything_else() {
    let sts = start().await;
    let parent = role(&sts, &[]).await.credentials();
    let long = "a".repeat(257);
    let cases: [(&[(&str, &str)], &str); 11] = [
        (&[], "You must specify at least one"),
        (&[("ScopedSessionDescription", "run 7")], "You must specify at least one"),
        (&[("MinimumSessionTokenSize", "0")], "You must specify at least one"),
        (&[("DurationSeconds", "0")], "greater than or equal to 1"),
        (&[("DurationSeconds", "-1")], "greater than or equal to 1"),
        (&[("DurationSeconds", "129601")], "less than or equal to 129600"),
        (&[("DurationSeconds", "abc")], "MalformedInput"),
        (&[("DurationSeconds", "900.0")], "MalformedInput"),
        (&[("DurationSeconds", "9"), ("ScopedSessionDescription", "a")], "equal to 2"),
        (&[("DurationSeconds", "9"), ("ScopedSessionDescription", &long)], "equal to 256"),
        (&[("DurationSeconds", "9"), ("ScopedSessionDescription", "a\u{80}")], "pattern"),
    ];
    for (parameters, words) in cases {
        let answer = scoped(&sts, &parent, parameters).await;
        assert_eq!(answer.status, 400, "{parameters:?}");
        assert!(answer.body.contains(words), "{parameters:?}: {}", answer.body);
    }
    let both = [("DurationSeconds", "0"), ("Policy", "\u{1}"), ("ScopedSessionDescription", "a")];
    let both = scoped(&sts, &parent, &both).await;
    assert!(both.body.contains("3 validation errors detected"), "{}", both.body);
    let no_policy = scoped(&sts, &parent, &[("Policy", "{}")]).await;
    assert_eq!(no_policy.text("Code"), "MalformedPolicyDocument");
}

#[tokio::test]
async fn long_term_keys_are_refused_by_the_code_of_the_switch() {
    for (value, wanted) in [
        ("access-denied", "403 AccessDenied"),
        ("invalid-subject-credentials", "400 InvalidSubjectCredentials"),
    ] {
        let sts = with_switches(&json!({"scoped_long_term_keys": value})).await;
        for user in [ALICE, BOB] {
            let answer = scoped(&sts, &keys(user), &[("DurationSeconds", "60")]).await;
            assert!(answer.error().starts_with(wanted), "{}", answer.error());
        }
    }
}

#[tokio::test]
async fn sessions_of_users_and_federated_users_may_call_it() {
    let sts = start().await;
    let user = ask(&sts, &keys(ALICE), call("GetSessionToken", &[])).await.credentials();
    let named = [("Name", "guest"), ("Policy", &*allow(&["sts:*"]))];
    let federated = ask(&sts, &keys(ALICE), call("GetFederationToken", &named)).await.credentials();

    for by in [user, federated] {
        let identity = ask(&sts, &by, call("GetCallerIdentity", &[])).await;
        let child = scoped(&sts, &by, &[("Policy", &again())]).await;
        assert_eq!(child.text("Arn"), identity.text("Arn"));
        assert_eq!(child.text("ScopedSessionId"), identity.text("UserId"));
    }
}

#[tokio::test]
async fn the_fourth_policy_is_refused_and_a_duration_is_not() {
    for (value, wanted) in
        [("access-denied", "403 AccessDenied"), ("validation-error", "400 ValidationError")]
    {
        let sts = with_switches(&json!({"scoped_policy_limit": value})).await;
        let mut session = role(&sts, &[]).await.credentials();
        for count in ["1", "2", "3"] {
            let child = scoped(&sts, &session, &[("Policy", &again())]).await;
            assert_eq!(child.text("ScopedPoliciesCount"), count);
            session = child.credentials();
        }

        let fourth = scoped(&sts, &session, &[("Policy", &again())]).await;
        let shorter = scoped(&sts, &session, &[("DurationSeconds", "900")]).await;

        assert!(fourth.error().starts_with(wanted), "{}", fourth.error());
        assert_eq!(shorter.text("ScopedPoliciesCount"), "3");
    }
}

#[tokio::test]
async fn a_policy_without_the_operation_ends_the_chain() {
    let sts = start().await;
    let parent = role(&sts, &[]).await.credentials();
    let child = scoped(&sts, &parent, &[("Policy", &allow(&["s3:*"]))]).await.credentials();

    let again = scoped(&sts, &child, &[("DurationSeconds", "60")]).await;

    assert_eq!((again.status, again.text("Code")), (403, "AccessDenied"));
}

/// Of all layers, in both orders: neither what only one of them allows.
#[tokio::test]
async fn layers_and_session_policies_are_an_intersection() {
    let sts = start().await;
    let (one, other) = (
        allow(&["sts:GetScopedCredentials", "sts:GetAccessKeyInfo"]),
        allow(&["sts:GetScopedCredentials", "sts:GetWebIdentityToken"]),
    );
    let token = [("Audience.member.1", "a"), ("SigningAlgorithm", "RS256")];
    for (first, second) in [(&one, &other), (&other, &one)] {
        let plain = role(&sts, &[]).await.credentials();
        let limited = role(&sts, &[("Policy", first)]).await;
        let layered = scoped(&sts, &plain, &[("Policy", first)]).await;
        for (parent, count) in [(limited, "1"), (layered, "2")] {
            let child = scoped(&sts, &parent.credentials(), &[("Policy", second)]).await;
            assert_eq!(child.text("ScopedPoliciesCount"), count);
            let child = child.credentials();
            assert_eq!(key_info(&sts, &child).await, 403);
            assert_eq!(ask(&sts, &child, call("GetWebIdentityToken", &token)).await.status, 403);
            let again = scoped(&sts, &child, &[("DurationSeconds", "60")]).await;
            assert_eq!(again.status, 200, "{}", again.body);
        }
    }
}

/// Every signed operation that asks policies, with a scope-down policy that allows something else.
#[tokio::test]
async fn every_operation_that_is_authorized_is_bound_by_the_scope_down() {
    let sts = start().await;
    let organization = json!({"organization": "o-example123", "root_access_management": "enabled"});
    let partner = json!({"organization": "o-example123"});
    let accounts = json!({"111122223333": organization, "444455556666": partner});
    sts.patch_world(&json!({"accounts": accounts})).unwrap();
    let parent = role(&sts, &[]).await.credentials();
    let child = scoped(&sts, &parent, &[("Policy", &allow(&["s3:*"]))]).await.credentials();
    let parameters: &[(Operation, &[(&str, &str)])] = &[
        (
            Operation::AssumeRole,
            &[("RoleArn", "arn:aws:iam::111122223333:role/next"), ("RoleSessionName", "run")],
        ),
        (
            Operation::AssumeRoot,
            &[
                ("TargetPrincipal", "444455556666"),
                (
                    "TaskPolicyArn.arn",
                    "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
                ),
            ],
        ),
        (Operation::DecodeAuthorizationMessage, &[("EncodedMessage", "x")]),
        (Operation::GetAccessKeyInfo, &[("AccessKeyId", ALICE.0)]),
        (Operation::GetDelegatedAccessToken, &[("TradeInToken", "x")]),
        (Operation::GetScopedCredentials, &[("DurationSeconds", "60")]),
        (
            Operation::GetWebIdentityToken,
            &[("Audience.member.1", "a"), ("SigningAlgorithm", "RS256")],
        ),
    ];
    // Those that policies do not decide about, or that refuse every session.
    let others = [
        Operation::AssumeRoleWithSaml,
        Operation::AssumeRoleWithWebIdentity,
        Operation::GetCallerIdentity,
        Operation::GetFederationToken,
        Operation::GetSessionToken,
    ];
    assert_eq!(parameters.len() + others.len(), Operation::ALL.len());

    for (operation, parameters) in parameters {
        let answer = ask(&sts, &child, call(operation.as_str(), parameters)).await;
        assert_eq!((answer.status, answer.text("Code")), (403, "AccessDenied"), "{operation}");
        let call = sts.journal().calls().pop().unwrap();
        let told = call.explanation();
        assert!(told.contains("scope-down policy 1"), "{operation}: {told}");
    }
}

#[tokio::test]
async fn the_global_endpoint_does_not_have_it() {
    for (value, words) in [
        ("not-supported", "Operation not supported on STS global endpoint"),
        ("unknown-operation", "Unknown Operation"),
    ] {
        let sts = with_switches(&json!({"scoped_global_endpoint": value})).await;
        let parent = role(&sts, &[]).await.credentials();
        let at = |host: &str| call("GetScopedCredentials", &[("DurationSeconds", "60")]).host(host);

        let global = ask(&sts, &parent, at("sts.amazonaws.com")).await;
        let regional = ask(&sts, &parent, at("sts.us-east-1.amazonaws.com")).await;

        assert_eq!(global.error(), format!("400 InvalidAction: {words}"));
        assert_eq!(regional.status, 200);
    }
}

#[tokio::test]
async fn before_november_2026_there_was_no_such_operation() {
    let sts = with_switches(&json!({"as_of": "2026-09"})).await;

    let answer = scoped(&sts, &keys(ALICE), &[("DurationSeconds", "60")]).await;

    assert_eq!(
        answer.error(),
        "400 InvalidAction: Could not find operation GetScopedCredentials for version 2011-06-15"
    );
}

#[tokio::test]
async fn the_resource_is_the_session_itself_or_none() {
    for (value, wanted) in [("self", 200), ("none", 403)] {
        let sts = with_switches(&json!({"scoped_resource": value})).await;
        let parent = role(&sts, &[]).await.credentials();
        let itself = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": "sts:GetScopedCredentials", "Resource": "arn:aws:sts::111122223333:self"}]});
        let child = scoped(&sts, &parent, &[("Policy", &itself.to_string())]).await.credentials();

        let again = scoped(&sts, &child, &[("DurationSeconds", "60")]).await;

        assert_eq!(again.status, wanted, "{}", again.body);
    }
}

#[tokio::test]
async fn the_size_of_the_token_is_told_and_limited() {
    let sts = with_switches(&json!({"session_token_size": "absent"})).await;
    let parent = role(&sts, &[]).await.credentials();
    let sized = [("DurationSeconds", "60"), ("MinimumSessionTokenSize", "2000")];

    let child = scoped(&sts, &parent, &sized).await;
    let large = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "sts:*", "Resource": format!("arn:aws:s3:::{}", "x".repeat(1800))}, {"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let first = scoped(&sts, &parent, &[("Policy", &large.to_string())]).await;
    let second = scoped(&sts, &first.credentials(), &[("Policy", &large.to_string())]).await;

    let size = child.text("SessionToken").len();
    assert!(size >= 2000);
    assert_eq!(child.text("SessionTokenSize"), size.to_string());
    assert_eq!(child.text("SessionTokenUtilization"), (size * 100 / 4096).to_string());
    assert_eq!((second.status, second.text("Code")), (400, "PackedPolicyTooLarge"));
}

#[tokio::test]
async fn a_role_assumed_with_it_is_chained() {
    let sts = start().await;
    let parent = role(&sts, &[]).await.credentials();
    let child = scoped(&sts, &parent, &[("Policy", &allow(&["sts:*"]))]).await.credentials();
    sts.patch_world(&json!({"accounts": {"111122223333": {"roles": {"next": {"max_session_duration": 43200}}}}})).unwrap();
    let next = [
        ("RoleArn", "arn:aws:iam::111122223333:role/next"),
        ("RoleSessionName", "run"),
        ("DurationSeconds", "3601"),
    ];

    let answer = ask(&sts, &child, call("AssumeRole", &next)).await;

    assert!(answer.error().ends_with("for roles assumed by role chaining."), "{}", answer.error());
}

/// Whichever session of the chain is revoked, it and those made from it end, and those before it do not.
#[tokio::test]
async fn a_revoked_session_ends_all_that_were_made_from_it() {
    for revoked in 0..4 {
        let sts = start().await;
        let mut chain = vec![role(&sts, &[]).await.credentials()];
        for parameters in
            [("Policy", again()), ("DurationSeconds", "900".to_owned()), ("Policy", again())]
        {
            let parent = chain.last().unwrap();
            let child = scoped(&sts, parent, &[(parameters.0, &parameters.1)]).await;
            chain.push(child.credentials());
        }

        sts.revoke_access_key(chain[revoked].access_key_id()).unwrap();

        for (at, session) in chain.iter().enumerate() {
            let status = key_info(&sts, session).await;
            assert_eq!(status == 200, at < revoked, "{revoked} revoked, {at} asked: {status}");
        }
    }
}

#[tokio::test]
async fn scoping_again_does_not_get_around_a_revoked_role() {
    for (value, wanted) in [("of-caller", 403), ("now", 200)] {
        let sts = with_switches(&json!({"scoped_issue_time": value})).await;
        let parent = role(&sts, &[]).await.credentials();
        sts.clock().advance(Duration::from_secs(60));
        let child = scoped(&sts, &parent, &[("Policy", &again())]).await.credentials();
        sts.clock().set(sts.clock().now() - Duration::from_secs(30)).unwrap();
        sts.revoke_role_sessions(PLAIN).unwrap();
        sts.clock().advance(Duration::from_secs(60));

        assert_eq!(key_info(&sts, &child).await, wanted);
    }
}

#[tokio::test]
async fn the_journal_has_the_description_and_no_secret() {
    let sts = start().await;
    let parent = role(&sts, &[]).await.credentials();
    let policy = allow(&["s3:GetObject"]);
    let parameters = [("Policy", &*policy), ("ScopedSessionDescription", "agent run 7")];
    let child = scoped(&sts, &parent, &parameters).await;

    let logged = sts.journal().cloudtrail();
    let record = logged["Records"].as_array().unwrap().last().unwrap();

    assert_eq!(record["eventName"], "GetScopedCredentials");
    assert_eq!(record["readOnly"], false);
    assert_eq!(
        record["requestParameters"],
        json!({"policy": policy, "scopedSessionDescription": "agent run 7"})
    );
    let elements = &record["responseElements"];
    assert_eq!(elements["scopedPoliciesCount"], 1);
    assert_eq!(elements["sessionInfo"]["arn"], child.text("Arn"));
    assert!(!logged.to_string().contains(child.text("SecretAccessKey")));
    assert!(!format!("{:?}", sts.journal().calls()).contains(child.text("SecretAccessKey")));
    let call = sts.journal().calls().pop().unwrap();
    assert_eq!(call.parameter("ScopedSessionDescription"), Some("agent run 7"));
}
