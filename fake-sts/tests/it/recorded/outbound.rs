//! `GetWebIdentityToken`: recordings `outbound_identity` and `outbound_issuance`.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use fake_sts::FakeSts;
use fake_sts::switches::{AsOf, Switches};
use fake_sts::world::{Account, OutboundWebIdentity, Role};
use serde_json::{Value, json};

use super::{ACCOUNT, check, credentials_of, noon, policy, said, user, user_who_may};
use crate::client::{Answer, Call, ask, call, get, send};

const SELF: &str = "arn:aws:sts::111122223333:self";

fn account() -> Account {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}]});
    let token = json!("sts:GetWebIdentityToken");
    let short = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": token, "Resource": "*",
        "Condition": {"NumericEquals": {"sts:DurationSeconds": "300"}}}]});
    Account::new(ACCOUNT)
        .organization("o-a1b2c3d4e5")
        .organization_path("o-a1b2c3d4e5/r-ab12/")
        .user(user_who_may("admin", "sts:*").tag("team", "blue"))
        .user(user("guest"))
        .user(user("itself").policy("allow", policy("Allow", &token, SELF)))
        .user(
            user("ownarn")
                .policy("allow", policy("Allow", &token, "arn:aws:iam::111122223333:user/ownarn")),
        )
        .user(user_who_may("denied", "sts:*").policy("deny", policy("Deny", &token, "*")))
        .managed_policy("boundary", policy("Allow", &json!("s3:*"), "*"))
        .user(
            user_who_may("bounded", "sts:*")
                .permissions_boundary("arn:aws:iam::111122223333:policy/boundary"),
        )
        .user(user_who_may("untagged", "sts:GetWebIdentityToken"))
        .user(user("short").policy("allow", short))
        .role(
            Role::new("deploy")
                .path("/ci/")
                .trust_policy(trust)
                .policy("allow", policy("Allow", &json!("sts:*"), "*")),
        )
}

async fn off() -> FakeSts {
    FakeSts::builder().account(account()).clock_frozen_at(noon()).start().await.unwrap()
}

async fn on() -> FakeSts {
    let account = account().outbound_web_identity();
    FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap()
}

fn token(parameters: &[(&str, &str)]) -> Call {
    let usual = [("Audience.member.1", "https://api.example"), ("SigningAlgorithm", "RS256")];
    let usual = usual.iter().filter(|(name, _)| {
        let list = name.split('.').next().unwrap_or_default();
        !parameters.iter().any(|(given, _)| given.split('.').next() == Some(list))
    });
    let all = parameters.iter().chain(usual).filter(|(_, value)| *value != "absent");
    call("GetWebIdentityToken", &all.copied().collect::<Vec<_>>())
}

fn tags(first: &str, second: &str) -> Vec<(String, String)> {
    [("1", first), ("2", second)]
        .iter()
        .flat_map(|(at, key)| {
            [
                (format!("Tags.member.{at}.Key"), (*key).to_owned()),
                (format!("Tags.member.{at}.Value"), "v".to_owned()),
            ]
        })
        .collect()
}

fn tagged(first: &str, second: &str, more: &[(&str, &str)]) -> Call {
    let tags = tags(first, second);
    let tags = tags.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    token(&tags.chain(more.iter().copied()).collect::<Vec<_>>())
}

fn payload(answer: &Answer) -> Value {
    let payload = answer.text("WebIdentityToken").split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}

const DISABLED: &str = "403 OutboundWebIdentityFederationDisabledException: OutboundWebIdentityFederation is disabled.";
const ALGORITHM: &str = "400 ValidationError: Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms";
/// In the form that the recording `query_collections` has for lists of IAM; STS may print the values, too.
const AUDIENCES: &str = "400 ValidationError: 1 validation error detected: Value at 'audience' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]";
const DUPLICATE: &str = "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.";
const NOT_ALLOWED: &str = "403 AccessDenied: User: arn:aws:iam::111122223333:user/guest is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self because no identity-based policy allows the sts:GetWebIdentityToken action";

#[tokio::test]
async fn parameters_come_before_permission_and_permission_before_the_feature() {
    let sts = off().await;
    check(
        &sts,
        &[
            ("admin", token(&[]), DISABLED),
            ("admin", token(&[("SigningAlgorithm", "ES384")]), DISABLED),
            ("admin", token(&[("SigningAlgorithm", "RS384")]), ALGORITHM),
            ("admin", token(&[("SigningAlgorithm", "ES256")]), ALGORITHM),
            ("admin", token(&[("SigningAlgorithm", "HS256")]), ALGORITHM),
            ("admin", token(&[("SigningAlgorithm", "rs256")]), ALGORITHM),
            ("guest", token(&[("SigningAlgorithm", "rs256")]), ALGORITHM),
            (
                "admin",
                token(&[("SigningAlgorithm", "")]),
                "400 ValidationError: 1 validation error detected: Value '' at 'signingAlgorithm' failed to satisfy constraint: Member must have length greater than or equal to 5",
            ),
            (
                "admin",
                token(&[("SigningAlgorithm", "none")]),
                "400 ValidationError: 1 validation error detected: Value 'none' at 'signingAlgorithm' failed to satisfy constraint: Member must have length greater than or equal to 5",
            ),
            (
                "admin",
                token(&[("SigningAlgorithm", "RS256x")]),
                "400 ValidationError: 1 validation error detected: Value 'RS256x' at 'signingAlgorithm' failed to satisfy constraint: Member must have length less than or equal to 5",
            ),
            (
                "admin",
                token(&[("Audience.member.1", "absent")]),
                "400 ValidationError: 1 validation error detected: Value null at 'audience' failed to satisfy constraint: Member must not be null",
            ),
            (
                "admin",
                token(&[("Audience", "")]),
                "400 ValidationError: 1 validation error detected: Value null at 'audience' failed to satisfy constraint: Member must not be null",
            ),
            ("admin", token(&[("Audience.member.1", "")]), AUDIENCES),
            (
                "admin",
                token(&[("Audience.member.1", "a"), ("Audience.member.2", &"x".repeat(1001))]),
                AUDIENCES,
            ),
            ("admin", token(&[("Audience.member.1", &"x".repeat(1000))]), DISABLED),
            ("admin", token(&[("Audience.member.1", " ")]), DISABLED),
            ("admin", token(&[("Audience.member.1", "not-a-url")]), DISABLED),
            ("admin", token(&[("Audience.member.1", "https://例.example")]), DISABLED),
            (
                "admin",
                token(&[("Audience.member.1", "a"), ("Audience.member.2", "a")]),
                DISABLED,
            ),
            (
                "admin",
                token(&[("DurationSeconds", "59")]),
                "400 ValidationError: 1 validation error detected: Value '59' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
            ),
            (
                "admin",
                token(&[("DurationSeconds", "3601")]),
                "400 ValidationError: 1 validation error detected: Value '3601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 3600",
            ),
            ("admin", tagged("a", "a", &[]), DUPLICATE),
            ("guest", tagged("a", "A", &[]), DUPLICATE),
            ("guest", tagged("a", "A", &[("SigningAlgorithm", "ES256")]), ALGORITHM),
            ("admin", tagged("aws:a", "b", &[]), DISABLED),
            ("guest", token(&[]), NOT_ALLOWED),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_resource_is_the_session_itself_and_denials_say_which_policy_is_missing() {
    let sts = on().await;
    check(
        &sts,
        &[
            ("admin", token(&[]), "200"),
            ("itself", token(&[]), "200"),
            ("guest", token(&[]), NOT_ALLOWED),
            (
                "ownarn",
                token(&[]),
                "403 AccessDenied: User: arn:aws:iam::111122223333:user/ownarn is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self because no identity-based policy allows the sts:GetWebIdentityToken action",
            ),
            (
                "denied",
                token(&[]),
                "403 AccessDenied: User: arn:aws:iam::111122223333:user/denied is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self with an explicit deny in an identity-based policy",
            ),
            (
                "bounded",
                token(&[]),
                "403 AccessDenied: User: arn:aws:iam::111122223333:user/bounded is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self because no permissions boundary allows the sts:GetWebIdentityToken action",
            ),
            ("untagged", token(&[]), "200"),
            (
                "untagged",
                tagged("a", "b", &[]),
                "403 AccessDenied: User: arn:aws:iam::111122223333:user/untagged is not authorized to perform: sts:TagGetWebIdentityToken on resource: arn:aws:sts::111122223333:self because no identity-based policy allows the sts:TagGetWebIdentityToken action",
            ),
            // The default of 300 seconds counts as if it had been sent.
            ("short", token(&[]), "200"),
            ("short", token(&[("DurationSeconds", "300")]), "200"),
            (
                "short",
                token(&[("DurationSeconds", "301")]),
                "403 AccessDenied: User: arn:aws:iam::111122223333:user/short is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self because no identity-based policy allows the sts:GetWebIdentityToken action",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn users_with_session_tokens_may_call_and_federated_users_may_not() {
    let sts = on().await;
    let admin = credentials_of("admin");
    let session = ask(&sts, &admin, call("GetSessionToken", &[])).await.credentials();
    let allow = policy("Allow", &json!("*"), "*").to_string();
    let federated = call("GetFederationToken", &[("Name", "guest"), ("Policy", &allow)]);
    let federated = ask(&sts, &admin, federated).await.credentials();

    assert_eq!(said(&ask(&sts, &session, token(&[])).await), "200");
    assert_eq!(
        said(&ask(&sts, &federated, token(&[])).await),
        "403 AccessDenied: GetWebIdentityToken does not support federated user sessions"
    );
}

#[tokio::test]
async fn a_session_policy_that_denies_is_named() {
    let sts = on().await;
    let deny = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "sts:GetWebIdentityToken", "Resource": "*"}]});
    let role = [
        ("RoleArn", "arn:aws:iam::111122223333:role/ci/deploy"),
        ("RoleSessionName", "run"),
        ("Policy", &deny.to_string()),
    ];
    let session = ask(&sts, &credentials_of("admin"), call("AssumeRole", &role)).await;

    assert_eq!(
        said(&ask(&sts, &session.credentials(), token(&[])).await),
        "403 AccessDenied: User: arn:aws:sts::111122223333:assumed-role/deploy/run is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self with an explicit deny in a session policy"
    );
}

#[tokio::test]
async fn the_token_of_a_role_session_has_the_recorded_claims() {
    let sts = on().await;
    sts.clock().advance(Duration::from_millis(507));
    let role = [
        ("RoleArn", "arn:aws:iam::111122223333:role/ci/deploy"),
        ("RoleSessionName", "run"),
        ("SourceIdentity", "alice"),
    ];
    let session = ask(&sts, &credentials_of("admin"), call("AssumeRole", &role)).await;
    let request =
        tagged("aws:run", "plain", &[("SigningAlgorithm", "ES384"), ("DurationSeconds", "600")]);

    let answer = ask(&sts, &session.credentials(), request).await;

    assert_eq!(answer.text("Expiration"), "2026-09-11T12:10:00.507Z");
    let parts = answer.text("WebIdentityToken").split('.').collect::<Vec<_>>();
    let header = BASE64URL_NOPAD.decode(parts[0].as_bytes()).unwrap();
    let header = serde_json::from_slice::<Value>(&header).unwrap();
    assert_eq!(header, json!({"kid": "EC384_0", "typ": "JWT", "alg": "ES384"}));
    assert_eq!(BASE64URL_NOPAD.decode(parts[2].as_bytes()).unwrap().len(), 96);
    let mut claims = payload(&answer);
    assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
    claims.as_object_mut().unwrap().remove("jti");
    let issuer = sts.outbound_issuer(ACCOUNT).unwrap();
    assert!(issuer.ends_with(".tokens.sts.global.api.aws"), "{issuer}");
    assert_eq!(
        claims,
        json!({
            "aud": "https://api.example", "iss": issuer, "exp": 1_789_128_600, "iat": 1_789_128_000,
            "sub": "arn:aws:iam::111122223333:role/ci/deploy",
            "https://sts.amazonaws.com/": {
                "aws_account": "111122223333", "org_id": "o-a1b2c3d4e5", "ou_path": ["o-a1b2c3d4e5/r-ab12/"], "source_region": "us-east-1",
                "principal_id": "arn:aws:iam::111122223333:role/ci/deploy",
                "request_tags": {"aws:run": "v", "plain": "v"}, "source_identity": "alice",
                "original_session_exp": "2026-09-11T13:00:00Z"
            }
        })
    );
}

#[tokio::test]
async fn audiences_keep_their_order_and_duplicates() {
    let sts = on().await;
    for (audiences, wanted) in [
        (&["a"][..], json!("a")),
        (&["a", "a"], json!(["a", "a"])),
        (&["b", "a"], json!(["b", "a"])),
    ] {
        let parameters = audiences.iter().enumerate();
        let parameters =
            parameters.map(|(at, name)| (format!("Audience.member.{}", at + 1), *name));
        let parameters = parameters.collect::<Vec<_>>();
        let parameters =
            parameters.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>();
        let answer = ask(&sts, &credentials_of("admin"), token(&parameters)).await;

        assert_eq!(payload(&answer)["aud"], wanted);
        assert_eq!(
            payload(&answer)["https://sts.amazonaws.com/"]["principal_tags"],
            json!({"team": "blue"})
        );
    }
}

/// From the model of November 2026; in September, STS ignored both as it ignores every parameter that it does not know.
#[tokio::test]
async fn another_subject_needs_a_context_and_scopes_need_another_subject() {
    let sts = on().await;
    let before = FakeSts::builder()
        .account(account().outbound_web_identity())
        .switches(Switches::as_of(AsOf::September2026))
        .start()
        .await
        .unwrap();
    let origin = ("SubjectMode", "OriginIdentity");
    for (parameters, wanted) in [
        (&[("SubjectMode", "AWSIdentity")][..], "200"),
        (&[("SubjectMode", "Other")], "400 ValidationError"),
        (&[origin], "400 ValidationError"),
        (&[("Scope", "read")], "400 ValidationError"),
        (&[origin, ("Scope", "read")], "400 ValidationError"),
        (&[origin, ("Scope", "read read")], "400 ValidationError"),
        (&[origin, ("Scope", "read  write")], "400 ValidationError"),
        (&[origin, ("Scope", " read")], "400 ValidationError"),
        (&[origin, ("Scope", "a,b")], "400 ValidationError"),
    ] {
        let answer = ask(&sts, &credentials_of("admin"), token(parameters)).await;
        assert!(said(&answer).starts_with(wanted), "{parameters:?}: {}", answer.body);
        let answer = ask(&before, &credentials_of("admin"), token(parameters)).await;
        assert_eq!(said(&answer), "200", "{parameters:?}");
    }
}

#[tokio::test]
async fn policies_may_limit_audience_and_algorithm() {
    let statement = |condition: Value| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:GetWebIdentityToken",
            "Resource": "*", "Condition": condition}]})
    };
    let audience = statement(
        json!({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ["https://api.example", "b"]}}),
    );
    let algorithm = statement(json!({"StringEquals": {"sts:SigningAlgorithm": "ES384"}}));
    let account = Account::new(ACCOUNT)
        .outbound_web_identity()
        .user(user("audience").policy("allow", audience))
        .user(user("algorithm").policy("allow", algorithm));
    let sts = FakeSts::builder().account(account).start().await.unwrap();
    let denied = |name: &str| {
        format!(
            "403 AccessDenied: User: arn:aws:iam::111122223333:user/{name} is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self because no identity-based policy allows the sts:GetWebIdentityToken action"
        )
    };
    let both = [("Audience.member.1", "https://api.example"), ("Audience.member.2", "b")];
    let another = [("Audience.member.1", "https://api.example"), ("Audience.member.2", "c")];
    check(
        &sts,
        &[
            ("audience", token(&[]), "200"),
            ("audience", token(&both), "200"),
            ("audience", token(&another), &denied("audience")),
            ("algorithm", token(&[]), &denied("algorithm")),
            ("algorithm", token(&[("SigningAlgorithm", "ES384")]), "200"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_session_must_last_before_the_feature_is_asked_for() {
    let sts = off().await;
    let short = call("GetSessionToken", &[("DurationSeconds", "900")]);
    let session = ask(&sts, &credentials_of("admin"), short).await.credentials();

    let longer = ask(&sts, &session, token(&[("DurationSeconds", "901")])).await;
    let until_its_end = ask(&sts, &session, token(&[("DurationSeconds", "900")])).await;

    assert_eq!(longer.text("Code"), "SessionDurationEscalationException");
    assert_eq!(said(&until_its_end), DISABLED);
}

#[tokio::test]
async fn a_token_of_rsa_has_the_recorded_header() {
    let sts = on().await;
    let answer = ask(&sts, &credentials_of("admin"), token(&[])).await;
    let parts = answer.text("WebIdentityToken").split('.').collect::<Vec<_>>();
    let header = BASE64URL_NOPAD.decode(parts[0].as_bytes()).unwrap();
    let header = serde_json::from_slice::<Value>(&header).unwrap();
    assert_eq!(header, json!({"kid": "RSA_0", "typ": "JWT", "alg": "RS256"}));
    assert_eq!(BASE64URL_NOPAD.decode(parts[2].as_bytes()).unwrap().len(), 256);
}

/// Both documents are there under the name of the issuer, also while the feature is off, and the issuer stays the same.
#[tokio::test]
async fn the_issuer_serves_its_document_and_its_keys() {
    let sts = on().await;
    let issuer = sts.outbound_issuer(ACCOUNT).unwrap();
    let host = issuer.strip_prefix("https://").unwrap();
    for feature in [OutboundWebIdentity::Enabled, OutboundWebIdentity::Disabled] {
        let mut world = sts.world();
        world.accounts[0].outbound_web_identity = feature;
        sts.set_world(world).unwrap();
        let fetch = async |path: &str| {
            let answer = send(&sts, get("", &[]).target(path).host(host).unsigned(&sts)).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
            serde_json::from_str::<Value>(&answer.body).unwrap()
        };

        assert_eq!(
            fetch("/.well-known/openid-configuration").await,
            json!({
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "jti", "https://sts.amazonaws.com/"],
                "id_token_signing_alg_values_supported": ["RS256", "ES384"],
                "issuer": issuer,
                "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"]
            })
        );
        let keys = fetch("/.well-known/jwks.json").await;
        let keys = keys["keys"].as_array().unwrap();
        let ids = keys.iter().map(|key| (key["kid"].as_str().unwrap(), key["use"].as_str()));
        assert_eq!(ids.collect::<Vec<_>>(), [("RSA_0", Some("sig")), ("EC384_0", Some("sig"))]);
        let modulus = keys[0]["n"].as_str().unwrap();
        assert_eq!(BASE64URL_NOPAD.decode(modulus.as_bytes()).unwrap().len() * 8, 2048);
    }
    let nobody = "00000000-0000-0000-0000-000000000000.tokens.sts.global.api.aws";
    for (host, path) in [(host, "/"), (nobody, "/.well-known/jwks.json")] {
        let answer = send(&sts, get("", &[]).target(path).host(host).unsigned(&sts)).await;
        assert_eq!(answer.status, 404, "{host} {path}");
    }
}
