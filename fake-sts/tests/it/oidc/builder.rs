use fake_sts::oidc::{Broken, Issuer, Token, TokenFault, VerifiedToken};
use serde_json::json;

use super::{issuer, now, verify};

#[test]
fn well_known_issuers_have_their_subjects_and_audiences() {
    let token = || issuer().token_at(now());

    check(
        &verify(&token().eks("prod", "web").mint()).unwrap(),
        "system:serviceaccount:prod:web",
        "sts.amazonaws.com",
    );
    check(
        &verify(&token().github("octo/cat", "refs/heads/main").mint()).unwrap(),
        "repo:octo/cat:ref:refs/heads/main",
        "sts.amazonaws.com",
    );
    let environment = token().github_environment("octo/cat", "refs/heads/main", "live").mint();
    check(&verify(&environment).unwrap(), "repo:octo/cat:environment:live", "sts.amazonaws.com");
    check(
        &verify(&token().gitlab("g/p", "main").mint()).unwrap(),
        "project_path:g/p:ref_type:branch:ref:main",
        "sts.amazonaws.com",
    );
    check(
        &verify(&token().google("1234567890", "second-client", "a@example.com").mint()).unwrap(),
        "1234567890",
        "second-client",
    );
    let cognito = verify(
        &token().cognito("second-client", "eu-west-1:id", Some("graph.facebook.com")).mint(),
    )
    .unwrap();
    check(&cognito, "eu-west-1:id", "second-client");
    assert_eq!(cognito.claims["amr"], json!(["authenticated", "graph.facebook.com"]));
}

#[track_caller]
fn check(token: &VerifiedToken, subject: &str, audience: &str) {
    assert_eq!((token.subject.as_str(), token.audience.as_str()), (subject, audience));
}

#[test]
fn tags_and_source_identity_arrive_in_the_session() {
    let text = issuer()
        .token_at(now())
        .principal_tag("Team", "blue")
        .principal_tag("Cost", "7")
        .transitive_tag_key("Team")
        .source_identity("alice")
        .mint();

    let session = verify(&text).unwrap().session;

    assert_eq!(
        session.tags,
        [("Cost".to_owned(), "7".to_owned()), ("Team".to_owned(), "blue".to_owned())]
    );
    assert_eq!(session.transitive_tag_keys, ["Team"]);
    assert_eq!(session.source_identity.as_deref(), Some("alice"));
}

#[test]
fn flattened_tag_claims_mean_the_same_as_nested_ones() {
    let nested =
        issuer().token_at(now()).principal_tag("Team", "blue").transitive_tag_key("Team").mint();
    let flattened = issuer()
        .token_at(now())
        .claim("https://aws.amazon.com/tags/principal_tags/Team", "blue")
        .claim("https://aws.amazon.com/tags/transitive_tag_keys", json!(["Team"]))
        .mint();

    assert_eq!(verify(&flattened).unwrap().session, verify(&nested).unwrap().session);
}

#[test]
fn tags_of_another_form_are_refused() {
    for tags in [
        json!([]),
        json!({"principal_tags": []}),
        json!({"principal_tags": {"k": ["a", "b"]}}),
        json!({"transitive_tag_keys": [1]}),
    ] {
        let fault =
            verify(&issuer().token_at(now()).claim("https://aws.amazon.com/tags", tags).mint())
                .unwrap_err();
        assert!(fault.cause().contains("https://aws.amazon.com/tags"), "{}", fault.cause());
    }
}

#[test]
fn a_way_to_break_a_token_that_does_not_exist_is_refused_with_those_there_are() {
    let close = Broken::named("alg_none").unwrap_err().to_string();
    let far = Broken::named("?").unwrap_err().to_string();

    let all = Broken::names().collect::<Vec<_>>().join(", ");
    assert_eq!(close, format!("there is no `alg_none`; did you mean alg-none? There are {all}"));
    assert_eq!(far, format!("there is no `?`; there are {all}"));
}

#[test]
fn an_issuer_that_is_no_url_mints_only_what_is_meant_to_be_refused() {
    let token = || Issuer::new("token.actions.githubusercontent.com").token_at(now());

    let refused = token().broken(Broken::Expired).try_mint().unwrap_err();

    assert_eq!(
        refused.to_string(),
        "the issuer \"token.actions.githubusercontent.com\" is no URL, so STS would refuse each of its tokens; give one such as \
         https://issuer.example, or break the token by `issuer-not-a-url`"
    );
    for meant in [token().broken(Broken::IssuerNotAUrl), token().claim("iss", "meant")] {
        let minted = Token::parse(&meant.try_mint().unwrap());
        assert_eq!(minted.unwrap_err(), TokenFault::IssuerNotAUrl);
    }
}

#[test]
fn the_discovery_document_names_issuer_keys_and_algorithms() {
    let issuer = Issuer::new("https://issuer.example");

    let document = issuer.discovery("https://issuer.example/.well-known/jwks.json");

    assert_eq!(document["issuer"], "https://issuer.example");
    assert_eq!(document["jwks_uri"], "https://issuer.example/.well-known/jwks.json");
    assert_eq!(document["id_token_signing_alg_values_supported"].as_array().unwrap().len(), 6);
}
