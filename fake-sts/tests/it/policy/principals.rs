use fake_sts::policy::{Outcome, Principal, PrincipalMatch, evaluate_trust};
use serde_json::{Value, json};

use super::{alice, request, session, statements};

#[track_caller]
fn check(principal: Value, caller: &Principal, by: Option<PrincipalMatch>) {
    let policy =
        statements(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}));
    let verdict = evaluate_trust(&policy, &request(caller));

    assert_eq!(verdict.principal_match(), by, "{principal} for {caller}");
    assert_eq!(
        verdict.outcome(),
        if by.is_some() { Outcome::Allowed } else { Outcome::NotAllowed }
    );
}

#[test]
fn everyone_is_a_star() {
    for caller in [alice(), session(), Principal::service("lambda.amazonaws.com")] {
        check(json!("*"), &caller, Some(PrincipalMatch::Anyone));
        check(json!({"AWS": "*"}), &caller, Some(PrincipalMatch::Anyone));
        check(json!({"AWS": ["999999999999", "*"]}), &caller, Some(PrincipalMatch::Anyone));
    }
}

/// Recorded in September 2026: only `Federated` admits the bearer of a token or an assertion.
#[test]
fn a_star_does_not_admit_a_bearer_and_denies_it() {
    let provider = "arn:aws:iam::111122223333:saml-provider/Idp";
    for caller in [Principal::web_identity("accounts.google.com"), Principal::saml(provider)] {
        for principal in [json!("*"), json!({"AWS": "*"}), json!({"Service": "*"})] {
            check(principal, &caller, None);
        }
        check(json!({"Federated": caller.arn()}), &caller, Some(PrincipalMatch::Provider));
        let deny = statements(json!([
            {"Effect": "Allow", "Principal": {"Federated": caller.arn()}, "Action": "sts:*"},
            {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:*"}
        ]));
        let request = request(&caller);
        assert_eq!(evaluate_trust(&deny, &request).outcome(), Outcome::Denied, "{caller}");
    }
}

#[test]
fn an_account_takes_in_its_users_and_sessions() {
    for caller in [
        alice(),
        session(),
        Principal::root("aws", "111122223333"),
        Principal::federated_user("aws", "111122223333", "bob"),
    ] {
        check(json!({"AWS": "111122223333"}), &caller, Some(PrincipalMatch::Account));
        check(
            json!({"AWS": "arn:aws:iam::111122223333:root"}),
            &caller,
            Some(PrincipalMatch::Account),
        );
        check(json!({"AWS": "444455556666"}), &caller, None);
        check(json!({"AWS": "arn:aws-cn:iam::111122223333:root"}), &caller, None);
    }
}

#[test]
fn an_account_does_not_take_in_bearers_of_its_providers() {
    check(
        json!({"AWS": "111122223333"}),
        &Principal::web_identity("arn:aws:iam::111122223333:oidc-provider/issuer.example"),
        None,
    );
    check(
        json!({"AWS": "111122223333"}),
        &Principal::saml("arn:aws:iam::111122223333:saml-provider/Idp"),
        None,
    );
}

#[test]
fn a_user_is_named_by_its_arn_with_the_path() {
    check(
        json!({"AWS": "arn:aws:iam::111122223333:user/team/alice"}),
        &alice(),
        Some(PrincipalMatch::Identity),
    );
    check(json!({"AWS": "arn:aws:iam::111122223333:user/alice"}), &alice(), None);
    check(json!({"AWS": "arn:aws:iam::111122223333:user/team/Alice"}), &alice(), None);
    let with_session_token = Principal::session_token_user(alice().arn(), "AIDA3TM7R3RLBCMLQ2A7J");
    check(json!({"AWS": alice().arn()}), &with_session_token, Some(PrincipalMatch::Identity));
}

#[test]
fn a_role_takes_in_all_its_sessions_and_a_session_only_itself() {
    check(
        json!({"AWS": "arn:aws:iam::111122223333:role/ci/deploy"}),
        &session(),
        Some(PrincipalMatch::Identity),
    );
    check(json!({"AWS": "arn:aws:iam::111122223333:role/deploy"}), &session(), None);
    check(
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/run-7"}),
        &session(),
        Some(PrincipalMatch::Session),
    );
    check(json!({"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/run-8"}), &session(), None);
    let federated = Principal::federated_user("aws", "111122223333", "bob");
    check(
        json!({"AWS": "arn:aws:sts::111122223333:federated-user/bob"}),
        &federated,
        Some(PrincipalMatch::Session),
    );
}

#[test]
fn the_stable_id_names_a_principal_too() {
    check(json!({"AWS": "AIDA3TM7R3RLBCMLQ2A7J"}), &alice(), Some(PrincipalMatch::Identity));
    check(json!({"AWS": "AROA3TM7R3RLBCMLQ2A7J"}), &session(), Some(PrincipalMatch::Identity));
    check(json!({"AWS": "AROA3TM7R3RLBCMLQ2A7J"}), &alice(), None);
}

#[test]
fn services_and_providers_are_named_by_kind() {
    let lambda = Principal::service("lambda.amazonaws.com");
    let github = Principal::web_identity(
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    );
    check(
        json!({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}),
        &lambda,
        Some(PrincipalMatch::Service),
    );
    check(json!({"Service": "lambda.amazonaws.com"}), &alice(), None);
    check(json!({"Federated": github.arn()}), &github, Some(PrincipalMatch::Provider));
    check(
        json!({"Federated": "accounts.google.com"}),
        &Principal::web_identity("accounts.google.com"),
        Some(PrincipalMatch::Provider),
    );
    check(
        json!({"Federated": github.arn()}),
        &Principal::saml("arn:aws:iam::111122223333:saml-provider/Idp"),
        None,
    );
    check(json!({"Service": github.arn()}), &github, None);
    check(
        json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}),
        &alice(),
        None,
    );
}

#[test]
fn the_strongest_of_several_names_counts() {
    check(
        json!({"AWS": ["111122223333", alice().arn()]}),
        &alice(),
        Some(PrincipalMatch::Identity),
    );
    check(json!({"AWS": ["111122223333", "*"]}), &alice(), Some(PrincipalMatch::Anyone));
}

#[test]
fn the_strongest_of_several_statements_counts() {
    let allow = |principal: &str| json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"});
    let policy = statements(json!([allow("111122223333"), allow(alice().arn()), allow("*")]));

    let verdict = evaluate_trust(&policy, &request(&alice()));

    assert_eq!(verdict.principal_match(), Some(PrincipalMatch::Identity));
    assert_eq!(verdict.statement().unwrap().index(), 1);
}

#[test]
fn not_principal_takes_in_everyone_else() {
    let policy = statements(
        json!({"Effect": "Allow", "NotPrincipal": {"AWS": alice().arn()}, "Action": "sts:AssumeRole"}),
    );

    assert!(!evaluate_trust(&policy, &request(&alice())).is_allowed());
    assert_eq!(
        evaluate_trust(&policy, &request(&session())).principal_match(),
        Some(PrincipalMatch::NotPrincipal)
    );
}

#[test]
fn an_account_in_not_principal_exempts_its_root_user_and_nobody_else() {
    let policy = statements(json!([
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": [alice().arn(), "arn:aws:iam::111122223333:root"]}, "Action": "*"},
    ]));
    let bob = Principal::user("arn:aws:iam::111122223333:user/bob", "AIDARTX3GSDSQBOB22222");
    let outcome = |caller: &Principal| evaluate_trust(&policy, &request(caller)).outcome();

    assert_eq!(outcome(&alice()), Outcome::Allowed);
    assert_eq!(outcome(&Principal::root("aws", "111122223333")), Outcome::Allowed);
    assert_eq!(outcome(&bob), Outcome::Denied);
    assert_eq!(outcome(&session()), Outcome::Denied);
}

#[test]
fn a_bound_principal_is_the_one_that_was_there_and_no_namesake() {
    let policy = statements(
        json!({"Effect": "Allow", "Principal": {"AWS": alice().arn()}, "Action": "sts:AssumeRole"}),
    );
    let bound = policy.bind_principals(|_| Some("AIDA3TM7R3RLBCMLQ2A7J".to_owned())).unwrap();
    let namesake = Principal::user(alice().arn(), "AIDA2222222222222222A");

    assert!(evaluate_trust(&bound, &request(&alice())).is_allowed());
    let verdict = evaluate_trust(&bound, &request(&namesake));
    assert!(!verdict.is_allowed());
    assert!(
        verdict.to_string().contains("bound to the id of an earlier one of that name"),
        "{verdict}"
    );
}
