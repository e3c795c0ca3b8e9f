//! Tokens of `AssumeRoleWithWebIdentity`: recordings `oidc/aws` and `oidc/aws-roles`.

use fake_sts::FakeSts;
use fake_sts::oidc::{Algorithm, Issuer, TokenBuilder};
use fake_sts::switches::{AudienceMessage, Leeway, Switches};
use fake_sts::world::{Account, OidcProvider, Role};
use serde_json::{Value, json};

use super::{ACCOUNT, noon, said};
use crate::client::{Answer, call, send};

const ROLE: &str = "arn:aws:iam::111122223333:role/web";
const ISSUER: &str = "https://issuer.example";
const NOON: i64 = 1_789_128_000;
const NOT_VALIDATED: &str = "400 InvalidIdentityToken: The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.";

async fn with(switches: Switches, condition: Value) -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Condition": condition,
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/issuer.example"}}]});
    let provider = OidcProvider::new(ISSUER).built_in_keys().client_id("client-a");
    let account = Account::new(ACCOUNT)
        .role(Role::new("web").trust_policy(trust))
        .oidc_provider(provider.client_id("client-b"));
    let builder = FakeSts::builder().account(account).switches(switches);
    builder.clock_frozen_at(noon()).start().await.unwrap()
}

async fn start() -> FakeSts {
    with(Switches::default(), json!({})).await
}

fn token() -> TokenBuilder {
    Issuer::new(ISSUER).token_at(noon()).subject("subject-probe").audience("client-a")
}

async fn assume(sts: &FakeSts, token: TokenBuilder, more: &[(&str, &str)]) -> Answer {
    let token = token.mint();
    let usual = [("RoleArn", ROLE), ("RoleSessionName", "run"), ("WebIdentityToken", &token)];
    let call = call("AssumeRoleWithWebIdentity", &[&usual[..], more].concat());
    send(sts, call.unsigned(sts)).await
}

#[tokio::test]
async fn every_algorithm_of_the_documentation_works() {
    let sts = start().await;
    for algorithm in Algorithm::ALL {
        assert_eq!(
            assume(&sts, token().algorithm(algorithm), &[]).await.status,
            200,
            "{algorithm}"
        );
    }
}

#[tokio::test]
async fn a_claim_that_is_missing_is_named() {
    let sts = start().await;
    for claim in ["iss", "sub", "aud", "iat", "exp"] {
        let broken = fake_sts::oidc::Broken::MissingClaim(claim.to_owned());
        let answer = assume(&sts, token().broken(broken), &[]).await;
        let wanted = format!("400 InvalidIdentityToken: Missing a required claim: {claim}");
        assert_eq!(said(&answer), wanted);
    }
}

#[tokio::test]
async fn any_subject_is_accepted_but_null() {
    let sts = start().await;
    let long = "x".repeat(300);
    for (subject, wanted) in
        [(json!("a"), "a"), (json!(""), ""), (json!(long), long.as_str()), (json!(123), "123")]
    {
        let answer = assume(&sts, token().claim("sub", subject.clone()), &[]).await;
        assert_eq!(said(&answer), "200", "{subject}");
        let shown = answer.find("SubjectFromWebIdentityToken").unwrap_or_default();
        assert_eq!(shown, wanted, "{subject}");
    }
    assert_eq!(
        said(&assume(&sts, token().claim("sub", Value::Null), &[]).await),
        "500 InternalFailure: Unknown error validating third-party token"
    );
}

#[tokio::test]
async fn the_authorized_party_or_the_only_audience_must_be_a_client_id() {
    let sts = start().await;
    let several = "400 InvalidIdentityToken: Token audience contains more than one audience while authorized party is not present";
    for (audience, party, wanted) in [
        (json!("client-a"), None, "200"),
        (json!(["client-b"]), None, "200"),
        (json!("elsewhere"), None, NOT_VALIDATED),
        (json!(""), None, NOT_VALIDATED),
        (json!(["client-a", "elsewhere"]), None, several),
        (json!(["client-a", "client-b"]), None, several),
        (json!(["client-a", "elsewhere"]), Some("client-b"), "200"),
        (json!("elsewhere"), Some("client-b"), "200"),
        (json!("client-a"), Some("elsewhere"), NOT_VALIDATED),
        (json!("client-a"), Some(""), NOT_VALIDATED),
    ] {
        let mut token = token().claim("aud", audience.clone());
        if let Some(party) = party {
            token = token.claim("azp", party);
        }
        let answer = assume(&sts, token, &[]).await;
        assert_eq!(said(&answer), wanted, "{audience} {party:?}");
        if let Some(party) = party.filter(|_| wanted == "200") {
            assert_eq!(answer.text("Audience"), party);
        }
    }
    let mut switches = Switches::default();
    switches.audience_message = AudienceMessage::Older;
    let older = with(switches, json!({})).await;
    assert_eq!(
        said(&assume(&older, token().claim("aud", "elsewhere"), &[]).await),
        "400 InvalidIdentityToken: Incorrect token audience"
    );
}

#[tokio::test]
async fn five_minutes_are_forgiven() {
    let sts = start().await;
    let mut strict = Switches::default();
    strict.web_identity_leeway = Leeway(0);
    let strict = with(strict, json!({})).await;
    let expired = |at: i64| {
        format!(
            "400 ExpiredTokenException: Token expired: current date/time 1789128000 must be before the expiration date/time {at}"
        )
    };
    for (late, forgiven) in [(0, true), (43, true), (300, true), (301, false), (324, false)] {
        let wanted = if forgiven { "200".to_owned() } else { expired(NOON - late) };
        let late_token = || token().claim("exp", NOON - late);
        assert_eq!(said(&assume(&sts, late_token(), &[]).await), wanted, "{late}");
        assert_eq!(said(&assume(&strict, late_token(), &[]).await), expired(NOON - late), "{late}");
    }
    for claim in ["iat", "nbf"] {
        for (early, status) in [(0, 200), (258, 200), (300, 200), (301, 400), (3600, 400)] {
            let answer = assume(&sts, token().claim(claim, NOON + early), &[]).await;
            assert_eq!(answer.status, status, "{claim} {early}");
        }
    }
}

#[tokio::test]
async fn the_response_has_the_recorded_members_and_sizes() {
    let sts = start().await;
    let answer = assume(&sts, token().source_identity("alice"), &[]).await;
    assert_eq!(answer.text("SubjectFromWebIdentityToken"), "subject-probe");
    assert_eq!(answer.text("Provider"), "arn:aws:iam::111122223333:oidc-provider/issuer.example");
    assert_eq!((answer.text("Audience"), answer.text("SourceIdentity")), ("client-a", "alice"));

    // The identity of the recording: an issuer of 65 characters, and subjects of 13 and of 300.
    let issuer = "https://stackd-oidc-probe-03ad58e8d166.s3.us-east-1.amazonaws.com";
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{}", &issuer[8..])}}]});
    let account = Account::new(ACCOUNT)
        .role(Role::new("web").trust_policy(trust))
        .oidc_provider(OidcProvider::new(issuer).built_in_keys().client_id("client-a"));
    let sts = FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap();
    for (subject, wanted) in [("subject-probe".to_owned(), "25"), ("x".repeat(300), "34")] {
        let token = Issuer::new(issuer).token_at(noon()).subject(subject).audience("client-a");
        assert_eq!(assume(&sts, token, &[]).await.text("PackedPolicySize"), wanted);
    }
}

#[tokio::test]
async fn tags_are_lists_of_one_text_or_flattened_texts() {
    let sts = start().await;
    let format =
        "400 InvalidIdentityToken: principal_tags passed in claim is not in correct format.";
    let nested = |value: Value| {
        token().claim("https://aws.amazon.com/tags", json!({"principal_tags": {"team": value}}))
    };
    for (value, wanted) in [
        (json!(["blue"]), "200"),
        (json!("blue"), format),
        (json!(["blue", "red"]), format),
        (json!([]), format),
        (json!([1]), format),
    ] {
        assert_eq!(said(&assume(&sts, nested(value.clone()), &[]).await), wanted, "{value}");
    }
    let flattened = token().claim("https://aws.amazon.com/tags/principal_tags/team", "blue");
    assert_eq!(said(&assume(&sts, flattened, &[]).await), "200");
}

#[tokio::test]
async fn only_two_providers_have_access_tokens() {
    let sts = start().await;
    let unrecognized = "403 AccessDenied: Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens";
    for (provider, wanted) in [
        (
            "www.amazon.com",
            "400 InvalidIdentityToken: Provided Token is not a Login With Amazon token",
        ),
        ("accounts.google.com", unrecognized),
        ("issuer.example", unrecognized),
        ("https://issuer.example", unrecognized),
    ] {
        let answer = assume(&sts, token(), &[("ProviderId", provider)]).await;
        assert_eq!(said(&answer), wanted, "{provider}");
    }
    let facebook = assume(&sts, token(), &[("ProviderId", "graph.facebook.com")]).await;
    assert_eq!(facebook.text("Code"), "IDPRejectedClaim");
}

#[tokio::test]
async fn a_token_may_name_the_roles_that_it_is_for() {
    let (named, unnamed) = (
        with(Switches::default(), json!({"Bool": {"sts:RoleAuthorizedByIdp": "true"}})).await,
        with(Switches::default(), json!({"Bool": {"sts:RoleAuthorizedByIdp": "false"}})).await,
    );
    let denied = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
    let other = "arn:aws:iam::111122223333:role/other";
    for (claim, by_idp, by_trust) in [
        (json!([ROLE]), "200", denied),
        (json!([other, ROLE]), "200", denied),
        (json!(format!("{other};{ROLE}")), "200", denied),
        (json!(format!(" {ROLE} ")), "200", denied),
        (json!([1, ROLE]), "200", denied),
        (Value::Null, denied, "200"),
        (json!([other]), NOT_VALIDATED, NOT_VALIDATED),
        (json!([]), NOT_VALIDATED, NOT_VALIDATED),
        (json!(""), NOT_VALIDATED, NOT_VALIDATED),
        (json!([format!("{ROLE}2")]), NOT_VALIDATED, NOT_VALIDATED),
    ] {
        let token = || token().claim("https://aws.amazon.com/roles", claim.clone());
        assert_eq!(said(&assume(&named, token(), &[]).await), by_idp, "{claim}");
        assert_eq!(said(&assume(&unnamed, token(), &[]).await), by_trust, "{claim}");
    }
}
