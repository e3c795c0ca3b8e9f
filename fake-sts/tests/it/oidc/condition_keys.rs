use fake_sts::oidc::{ClaimKeys, TokenBuilder, condition_keys};
use fake_sts::policy::Context;
use serde_json::json;

use super::{issuer, now, verify};

fn context(token: TokenBuilder, provider: &str, which: ClaimKeys) -> Context {
    let mut context = Context::new();
    condition_keys(&verify(&token.mint()).unwrap(), provider, which, &mut context);
    context
}

#[track_caller]
fn check(context: &Context, key: &str, values: &[&str]) {
    let actual =
        context.get(key).map(|values| values.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(actual.unwrap_or_default(), values, "{key}");
}

#[test]
fn claims_become_keys_under_the_provider() {
    let token = issuer()
        .token_at(now())
        .claim("groups", json!(["a", "b"]))
        .claim("level", 7)
        .claim("nested", json!({"x": 1}));

    let context = context(token, "issuer.example/tenant", ClaimKeys::All);

    check(&context, "issuer.example/tenant:sub", &["fake-sts-subject"]);
    check(&context, "issuer.example/tenant:aud", &["sts.amazonaws.com"]);
    check(&context, "issuer.example/tenant:groups", &["a", "b"]);
    check(&context, "issuer.example/tenant:level", &["7"]);
    check(&context, "issuer.example/tenant:nested", &[]);
    check(&context, "issuer.example/tenant:oaud", &[]);
}

#[test]
fn an_authorized_party_takes_the_place_of_the_audience() {
    let token = issuer().token_at(now()).audience("original").claim("azp", "second-client");

    let context = context(token, "accounts.google.com", ClaimKeys::Documented);

    check(&context, "accounts.google.com:aud", &["second-client"]);
    check(&context, "accounts.google.com:oaud", &["original"]);
}

#[test]
fn strictly_only_documented_claims_become_keys() {
    let token =
        || issuer().token_at(now()).github("octo/cat", "refs/heads/main").claim("groups", "admins");

    let github = context(token(), "token.actions.githubusercontent.com", ClaimKeys::Documented);
    let other = context(token(), "issuer.example", ClaimKeys::Documented);

    check(&github, "token.actions.githubusercontent.com:repository", &["octo/cat"]);
    check(&github, "token.actions.githubusercontent.com:run_id", &[]);
    check(&github, "token.actions.githubusercontent.com:groups", &[]);
    check(&other, "issuer.example:sub", &["repo:octo/cat:ref:refs/heads/main"]);
    check(&other, "issuer.example:repository", &[]);
}

#[test]
fn a_claim_in_another_case_stands_for_no_other() {
    let token = issuer()
        .token_at(now())
        .claim("SUB", "admin")
        .claim("Aud", "other")
        .claim("azp", serde_json::Value::Null);

    let context = context(token, "issuer.example", ClaimKeys::All);

    check(&context, "issuer.example:sub", &["fake-sts-subject"]);
    check(&context, "issuer.example:aud", &["sts.amazonaws.com"]);
}
