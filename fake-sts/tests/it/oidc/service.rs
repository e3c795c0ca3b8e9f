//! `AssumeRoleWithWebIdentity` of a whole fake, over HTTP.

use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::journal::{Filter, OutcomeKind};
use fake_sts::oidc::{Broken, Issuer, KeySet, Rules, Token, TokenBuilder};
use fake_sts::switches::ClaimKeys;
use fake_sts::world::{Account, OidcProvider, Role, User};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::now;
use crate::client::{ALICE, Answer, ask, call, keys, send};

const ROLE: &str = "arn:aws:iam::111122223333:role/web";
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// A role that trusts a provider, whose URL comes without the scheme.
fn account(provider: OidcProvider, host: &str, actions: &Value, condition: &Value) -> Account {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Web", "Effect": "Allow", "Action": actions, "Condition": condition,
        "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{host}")}}]});
    Account::new("111122223333")
        .role(Role::new("web").trust_policy(trust))
        .oidc_provider(provider.client_id("sts.amazonaws.com"))
}

async fn github(actions: &Value, condition: &Value) -> FakeSts {
    let account = account(
        OidcProvider::new(GITHUB).built_in_keys(),
        "token.actions.githubusercontent.com",
        actions,
        condition,
    );
    FakeSts::builder().account(account).clock_frozen_at(now()).start().await.unwrap()
}

async fn standard() -> FakeSts {
    FakeSts::builder().clock_frozen_at(now()).start().await.unwrap()
}

async fn assume(sts: &FakeSts, token: &str) -> Answer {
    let parameters = [("RoleArn", ROLE), ("RoleSessionName", "run"), ("WebIdentityToken", token)];
    send(sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(sts)).await
}

fn push() -> TokenBuilder {
    Issuer::new(GITHUB).token_at(now()).github("octo/cat", "refs/heads/main")
}

#[tokio::test]
async fn a_good_token_opens_the_role() {
    let sts = standard().await;

    let answer = assume(&sts, &sts.issuer().token().subject("someone").mint()).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.text("SubjectFromWebIdentityToken"), "someone");
    assert_eq!(answer.text("Audience"), "sts.amazonaws.com");
    assert_eq!(
        answer.text("Provider"),
        "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test"
    );
    let caller = ask(&sts, &answer.credentials(), call("GetCallerIdentity", &[])).await;
    assert_eq!(caller.text("Arn"), "arn:aws:sts::111122223333:assumed-role/web/run");
}

#[tokio::test]
async fn a_role_that_is_none_is_invalid() {
    let sts = standard().await;
    let token = sts.issuer().token().subject("someone").mint();

    let policy = "arn:aws:iam::111122223333:policy/web";
    let parameters =
        [("RoleArn", policy), ("RoleSessionName", "run"), ("WebIdentityToken", &token)];
    let answer = send(&sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(&sts)).await;

    assert_eq!(answer.error(), "400 ValidationError: Request ARN is invalid");
}

#[tokio::test]
async fn each_broken_token_has_the_answer_of_the_service() {
    let sts = standard().await;
    let not_a_jwt = "400 InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    let no_key = "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
    let missing = |claim: &str| {
        (
            Broken::MissingClaim(claim.to_owned()),
            format!("400 InvalidIdentityToken: Missing a required claim: {claim}"),
        )
    };
    let cases = [
        (
            Broken::Expired,
            "400 ExpiredTokenException: Token expired: current date/time 1800000000 must be before the expiration date/time 1799999400".to_owned(),
        ),
        (Broken::TooOld, "400 ExpiredTokenException: Token too old: 2592000".to_owned()),
        (Broken::WrongAudience, "400 InvalidIdentityToken: The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.".to_owned()),
        (Broken::UnknownKeyId, no_key.to_owned()),
        (Broken::Hs256, no_key.to_owned()),
        (Broken::AlgorithmNone, not_a_jwt.to_owned()),
        (Broken::Opaque, not_a_jwt.to_owned()),
        (Broken::BadSignature, "400 InvalidIdentityToken: Token signature invalid".to_owned()),
        (Broken::Tampered, "400 InvalidIdentityToken: Token signature invalid".to_owned()),
        (Broken::IssuerNotAUrl, "400 InvalidIdentityToken: Issuer must be a valid URL".to_owned()),
        missing("iss"),
        missing("aud"),
        missing("sub"),
        missing("exp"),
        missing("iat"),
    ];

    for (broken, error) in cases {
        let answer = assume(&sts, &sts.issuer().token().broken(broken.clone()).mint()).await;
        assert_eq!(answer.error(), error, "{broken:?}");
    }
}

#[tokio::test]
async fn tokens_expire_by_the_virtual_clock() {
    let sts = standard().await;
    let token = sts.issuer().token().expires_in(Duration::from_secs(60)).mint();

    // Five minutes are forgiven.
    sts.clock().advance(Duration::from_secs(360));
    assert_eq!(assume(&sts, &token).await.status, 200);

    sts.clock().advance(Duration::from_secs(1));
    assert_eq!(assume(&sts, &token).await.text("Code"), "ExpiredTokenException");
}

#[tokio::test]
async fn an_issuer_that_the_account_does_not_know_is_named() {
    let sts = standard().await;

    let answer = assume(&sts, &push().mint()).await;

    assert_eq!(
        answer.error(),
        "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com"
    );
}

#[tokio::test]
async fn the_trust_policy_reads_the_claims() {
    let sub = "token.actions.githubusercontent.com:sub";
    let sts = github(
        &json!("sts:AssumeRoleWithWebIdentity"),
        &json!({"StringLike": {sub: "repo:octo/cat:*"}}),
    )
    .await;

    let ours = assume(&sts, &push().mint()).await;
    let theirs = assume(&sts, &push().github("octo/dog", "refs/heads/main").mint()).await;

    assert_eq!(ours.status, 200, "{}", ours.body);
    assert_eq!(
        theirs.error(),
        "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
}

#[tokio::test]
async fn the_journal_explains_what_the_service_keeps_to_itself() {
    let sub = "token.actions.githubusercontent.com:sub";
    let sts = github(
        &json!("sts:AssumeRoleWithWebIdentity"),
        &json!({"StringEquals": {sub: "repo:octo/cat:*"}}),
    )
    .await;

    assume(&sts, &push().mint()).await;

    let explanation = sts.journal().calls().last().unwrap().explanation();
    for part in
        ["statement \"Web\"", "repo:octo/cat:ref:refs/heads/main", "StringLike matches them"]
    {
        assert!(explanation.contains(part), "{explanation}");
    }
}

#[tokio::test]
async fn tags_in_a_token_need_the_action_for_tags() {
    let tagged = || push().principal_tag("Team", "blue").transitive_tag_key("Team");
    let only_assume = github(&json!("sts:AssumeRoleWithWebIdentity"), &json!({})).await;
    let both = github(
        &json!(["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]),
        &json!({"StringEquals": {"aws:RequestTag/Team": "blue"}}),
    )
    .await;

    assert_eq!(assume(&only_assume, &tagged().mint()).await.status, 403);
    assert_eq!(assume(&both, &tagged().mint()).await.status, 200);
    assert_eq!(assume(&both, &push().principal_tag("Team", "red").mint()).await.status, 403);
}

#[tokio::test]
async fn the_source_identity_is_no_key_of_the_action_for_tags() {
    let tagged = push().principal_tag("Team", "blue").source_identity("octocat").mint();
    let actions =
        json!(["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]);
    let demanding =
        github(&actions, &json!({"StringEquals": {"sts:SourceIdentity": "octocat"}})).await;
    let lenient =
        github(&actions, &json!({"StringEqualsIfExists": {"sts:SourceIdentity": "octocat"}})).await;

    assert_eq!(
        assume(&demanding, &tagged).await.error(),
        "403 AccessDenied: Not authorized to perform sts:TagSession"
    );
    assert_eq!(assume(&lenient, &tagged).await.text("SourceIdentity"), "octocat");
}

#[tokio::test]
async fn google_is_one_issuer_with_or_without_a_scheme() {
    let trust = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}});
    let google = OidcProvider::new("https://accounts.google.com").built_in_keys().client_id("app");
    let account = Account::new("111122223333")
        .role(Role::new("web").trust_policy(trust))
        .oidc_provider(google);
    let sts = FakeSts::builder().account(account).clock_frozen_at(now()).start().await.unwrap();

    for issuer in ["https://accounts.google.com", "accounts.google.com"] {
        let token = Issuer::new(issuer).token_at(now()).google("1057", "app", "a@example.com");
        assert_eq!(
            assume(&sts, &token.mint()).await.text("Provider"),
            "accounts.google.com",
            "{issuer}"
        );
    }
}

#[tokio::test]
async fn keys_come_from_the_world_or_over_http() {
    let host = "issuer.example";
    let other = standard().await;
    let documents = format!("{}/_fake-sts/oidc", other.uri());
    let issuer = Issuer::new(other.issuer().url());
    let given = OidcProvider::new("https://issuer.example")
        .jwks(Issuer::new("https://issuer.example").keys().to_value());
    let fetched = OidcProvider::new(issuer.url()).discovery_at(documents);
    let actions = json!("sts:AssumeRoleWithWebIdentity");
    let with = async |provider, host| {
        FakeSts::builder()
            .account(account(provider, host, &actions, &json!({})))
            .clock_frozen_at(now())
            .start()
            .await
            .unwrap()
    };

    let from_world = with(given, host).await;
    let over_http = with(fetched, "oidc.fake-sts.test").await;

    assert_eq!(
        assume(&from_world, &Issuer::new("https://issuer.example").token_at(now()).mint())
            .await
            .status,
        200
    );
    let answer = assume(&over_http, &issuer.token_at(now()).mint()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_has_no_verification_key() {
    let provider = OidcProvider::new("https://issuer.example").discovery_at("http://127.0.0.1:1");
    let account = account(provider, "issuer.example", &json!("sts:*"), &json!({}));
    let sts = FakeSts::builder().account(account).clock_frozen_at(now()).start().await.unwrap();

    let answer = assume(&sts, &Issuer::new("https://issuer.example").token_at(now()).mint()).await;

    assert_eq!(answer.status, 400);
    assert!(
        answer
            .text("Message")
            .starts_with("Couldn't retrieve verification key from your identity provider,  please"),
        "{}",
        answer.body
    );
}

/// What one account issues, another takes: outbound and inbound federation meet.
#[tokio::test]
async fn a_token_of_sts_itself_opens_a_role_elsewhere() {
    let alice = User::new("alice").access_key(ALICE.0, ALICE.1).policy("sts", json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}));
    let issuing = Account::new("444455556666").user(alice).outbound_web_identity();
    let issuing = FakeSts::builder().account(issuing).clock_frozen_at(now()).start().await.unwrap();
    let url = issuing.outbound_issuer("444455556666").unwrap();
    let host = url.trim_start_matches("https://");
    let trusting = account(
        OidcProvider::new(&url).built_in_keys(),
        host,
        &json!("sts:AssumeRoleWithWebIdentity"),
        &json!({"StringEquals": {format!("{host}:aud"): "sts.amazonaws.com"}}),
    );
    let trusting =
        FakeSts::builder().account(trusting).clock_frozen_at(now()).start().await.unwrap();

    for algorithm in ["RS256", "ES384"] {
        let parameters =
            [("Audience.member.1", "sts.amazonaws.com"), ("SigningAlgorithm", algorithm)];
        let issued = ask(&issuing, &keys(ALICE), call("GetWebIdentityToken", &parameters)).await;
        let token = issued.text("WebIdentityToken");
        let claims = Token::parse(token)
            .unwrap()
            .verify(&KeySet::built_in(), now(), &Rules::new(&["sts.amazonaws.com".to_owned()]))
            .unwrap()
            .claims;
        assert!(claims["jti"].as_str().is_some_and(|id| id.len() == 36), "{claims:?}");
        assert_eq!(claims["https://sts.amazonaws.com/"]["aws_account"], "444455556666");
        let answer = assume(&trusting, token).await;
        assert_eq!(
            answer.text("SubjectFromWebIdentityToken"),
            "arn:aws:iam::444455556666:user/alice"
        );
    }
}

/// IAM keeps the slash at the end of an issuer's URL in ARN and condition keys, and compares all of them exactly.
#[tokio::test]
async fn a_slash_at_the_end_of_an_issuer_is_part_of_its_name() {
    let ends = ["", "/"];
    for host in ["sts.windows.net/tenant", "tenant.eu.auth0.com"] {
        for registered in ends {
            for (principal, key, claimed) in ends.into_iter().flat_map(|principal| {
                ends.into_iter().flat_map(move |key| ends.map(|claimed| (principal, key, claimed)))
            }) {
                let provider =
                    OidcProvider::new(format!("https://{host}{registered}")).built_in_keys();
                let condition =
                    json!({"StringEquals": {format!("{host}{key}:aud"): "sts.amazonaws.com"}});
                let account = account(
                    provider,
                    &format!("{host}{principal}"),
                    &json!("sts:AssumeRoleWithWebIdentity"),
                    &condition,
                );
                let Ok(sts) =
                    FakeSts::builder().account(account).clock_frozen_at(now()).start().await
                else {
                    panic!("{host}{registered}");
                };
                let issuer = Issuer::new(format!("https://{host}{claimed}"));

                let answer = assume(&sts, &issuer.token_at(now()).mint()).await;

                let wanted =
                    match (claimed == registered, principal == registered && key == registered) {
                        (false, _) => 400,
                        (true, false) => 403,
                        (true, true) => 200,
                    };
                assert_eq!(
                    answer.status, wanted,
                    "{host}: {registered:?} {principal:?} {key:?} {claimed:?}: {}",
                    answer.body
                );
                if wanted == 200 {
                    assert_eq!(
                        answer.text("Provider"),
                        format!("arn:aws:iam::111122223333:oidc-provider/{host}{registered}")
                    );
                }
                if wanted == 400 {
                    let explanation = sts.journal().calls()[0].explanation();
                    assert!(explanation.contains("the slash at the end included"), "{explanation}");
                }
            }
        }
    }
}

/// Tokens that are not of a provider cost no fetch, and those of one share a place, however they spell its URL.
#[tokio::test]
async fn keys_are_fetched_and_kept_once_for_a_provider() {
    let other = standard().await;
    let documents = format!("{}/_fake-sts/oidc", other.uri());
    let url = other.issuer().url().to_owned();
    let provider = OidcProvider::new(&url).discovery_at(documents);
    let account = account(provider, "oidc.fake-sts.test", &json!("sts:*"), &json!({}));
    let sts = FakeSts::builder().account(account).clock_frozen_at(now()).start().await.unwrap();

    for slashes in 0..50 {
        let issuer = Issuer::new(format!("{url}{}", "/".repeat(slashes)));
        let answer = assume(&sts, &issuer.token_at(now()).mint()).await;
        assert_eq!(answer.status, if slashes == 0 { 200 } else { 400 }, "{slashes}");
    }

    // The control API is not in the journal: the other fake would have served more without being asked for anything else.
    drop(other);
    assert_eq!(assume(&sts, &Issuer::new(url.as_str()).token_at(now()).mint()).await.status, 200);
}

/// A condition on any other claim is denied by AWS, and so by default here.
#[tokio::test]
async fn by_default_only_documented_claims_are_condition_keys() {
    let host = "token.actions.githubusercontent.com";
    let mint = || push().claim("run_id", "17").claim("email", "a@example.com").mint();
    for (claim, value, wanted) in [
        ("sub", "repo:octo/cat:ref:refs/heads/main", 200),
        ("repository", "octo/cat", 200),
        ("run_id", "17", 403),
        ("iss", GITHUB, 403),
        ("email", "a@example.com", 403),
    ] {
        let condition = json!({"StringEquals": {format!("{host}:{claim}"): value}});
        let sts = github(&json!("sts:AssumeRoleWithWebIdentity"), &condition).await;
        assert_eq!(assume(&sts, &mint()).await.status, wanted, "{claim}");

        let mut world = sts.world();
        world.switches.claim_keys = ClaimKeys::All;
        sts.set_world(world).unwrap();
        assert_eq!(assume(&sts, &mint()).await.status, 200, "{claim} with all claims as keys");
    }
}

/// A caller that leaves while the keys of an issuer are fetched.
#[tokio::test]
async fn a_call_whose_client_left_is_in_the_journal() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let documents = format!("http://{}", silent.local_addr().unwrap());
    let provider = OidcProvider::new("https://issuer.example").discovery_at(documents);
    let account = account(provider, "issuer.example", &json!("sts:*"), &json!({}));
    let sts = FakeSts::builder().account(account).clock_frozen_at(now()).start().await.unwrap();
    let token = Issuer::new("https://issuer.example").token_at(now()).mint();
    let parameters = [("RoleArn", ROLE), ("RoleSessionName", "run"), ("WebIdentityToken", &token)];
    let request = call("AssumeRoleWithWebIdentity", &parameters).unsigned(&sts);
    let _once = sts.expect(Filter::new().outcome(OutcomeKind::Abandoned).role(ROLE)).times(1);

    let asking = Box::pin(sts.router().oneshot(request.map(axum::body::Body::new)));
    let mut asking = asking;
    tokio::select! {
        _ = &mut asking => panic!("nothing answers"),
        fetching = silent.accept() => drop(fetching.unwrap()),
    }
    drop(asking);

    let calls = sts.journal().calls();
    assert_eq!((calls.len(), calls[0].status), (1, 0));
    assert!(calls[0].to_string().ends_with("AssumeRoleWithWebIdentity arn:aws:iam::111122223333:role/web by nobody: no answer, the client left"), "{}", calls[0]);
}
