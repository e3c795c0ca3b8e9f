//! Root access, delegation, outbound tokens, encoded messages, access keys.

use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::action::AuthorizationMessage;
use fake_sts::oidc::{KeySet, Rules, Token};
use fake_sts::world::{Account, Role, TradeInToken, User, World};
use serde_json::{Value, json};

use crate::client::{Answer, ask, call, keys};

const ADMIN: (&str, &str) = ("AKIARTX3GSDSQADMIN22", "admin-secret");
const GUEST: (&str, &str) = ("AKIARTX3GSDSQGUEST22", "guest-secret");
const TASK: &str = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy";

async fn start() -> FakeSts {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800);
    let allow = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]});
    let management = Account::new("111122223333")
        .organization("o-a1b2c3d4e5")
        .root_access_management()
        .outbound_web_identity()
        .user(
            User::new("admin")
                .access_key(ADMIN.0, ADMIN.1)
                .policy("allow", allow.clone())
                .tag("team", "blue"),
        )
        .user(User::new("guest").access_key(GUEST.0, GUEST.1))
        .role(Role::new("worker").trust_policy(trust).policy("allow", allow));
    let mut world = World::empty()
        .account(management)
        .account(Account::new("444455556666").organization("o-a1b2c3d4e5"))
        .account(Account::new("777788889999"));
    let role = "arn:aws:iam::111122223333:role/worker";
    let mut old = TradeInToken::new("an old token", role, "agent");
    old.expires = Some("2026-07-13T10:00:00Z".parse().unwrap());
    world.trade_in_tokens.extend([TradeInToken::new("a token", role, "agent"), old]);
    FakeSts::builder().world(world).clock_frozen_at(noon).start().await.unwrap()
}

async fn assume_root(sts: &FakeSts, target: &str, task: &str) -> Answer {
    let parameters = [("TargetPrincipal", target), ("TaskPolicyArn.arn", task)];
    ask(sts, &keys(ADMIN), call("AssumeRoot", &parameters)).await
}

#[tokio::test]
async fn root_of_a_member_account_is_assumed_for_one_task() {
    let sts = start().await;

    let answer = assume_root(&sts, "444455556666", TASK).await;
    let identity = ask(&sts, &answer.credentials(), call("GetCallerIdentity", &[])).await;

    assert_eq!(identity.text("Arn"), "arn:aws:iam::444455556666:root");
    assert_eq!(answer.text("Expiration"), "2026-07-13T10:15:00Z");
}

#[tokio::test]
async fn root_of_other_accounts_and_for_other_tasks_is_refused() {
    let sts = start().await;
    let denied = "403 AccessDenied: User: arn:aws:iam::111122223333:user/admin is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::777788889999:root";
    let administrator = "arn:aws:iam::aws:policy/AdministratorAccess";

    assert_eq!(assume_root(&sts, "777788889999", TASK).await.error(), denied);
    assert_eq!(assume_root(&sts, "arn:aws:iam::444455556666:root", TASK).await.status, 200);
    assert_eq!(
        assume_root(&sts, "444455556666", administrator).await.error(),
        "400 ValidationError: Request must contain valid AWS managed task policy ARN"
    );
    for task in ["arn:aws-cn:iam::aws:policy/root-task/S3UnlockBucketPolicy", &format!("x{TASK}")] {
        assert_eq!(
            assume_root(&sts, "444455556666", task).await.error(),
            "400 ValidationError: Request must contain valid AWS managed task policy ARN"
        );
    }
    let elsewhere = "arn:aws-cn:iam::444455556666:root";
    assert_eq!(
        assume_root(&sts, elsewhere, TASK).await.error(),
        "400 ValidationError: Request must contain a valid target principal"
    );
    let missing =
        ask(&sts, &keys(ADMIN), call("AssumeRoot", &[("TargetPrincipal", "444455556666")])).await;
    assert_eq!(
        missing.error(),
        "400 ValidationError: 1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not be null"
    );
}

#[tokio::test]
async fn an_outbound_token_is_a_real_one() {
    let sts = start().await;
    let parameters = [
        ("Audience.member.1", "https://api.example"),
        ("SigningAlgorithm", "ES384"),
        ("Tags.member.1.Key", "run"),
        ("Tags.member.1.Value", "7"),
    ];

    let answer = ask(&sts, &keys(ADMIN), call("GetWebIdentityToken", &parameters)).await;

    let token = Token::parse(answer.text("WebIdentityToken")).unwrap();
    assert_eq!(Some(token.issuer().to_owned()), sts.outbound_issuer("111122223333"));
    let clients = ["https://api.example".to_owned()];
    let token =
        token.verify(&KeySet::built_in(), sts.clock().now(), &Rules::new(&clients)).unwrap();
    assert_eq!(token.subject, "arn:aws:iam::111122223333:user/admin");
    assert_eq!(token.expires_at - token.issued_at, 300);
    let claims = &token.claims["https://sts.amazonaws.com/"];
    assert_eq!(claims["aws_account"], "111122223333");
    assert_eq!(claims["principal_tags"], json!({"team": "blue"}));
    assert_eq!(claims["request_tags"], json!({"run": "7"}));
    assert_eq!(claims["org_id"], "o-a1b2c3d4e5");
    assert_eq!(answer.text("Expiration"), "2026-07-13T10:05:00.000Z");
    let standard = token.claims.keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(standard, ["aud", "exp", "https://sts.amazonaws.com/", "iat", "iss", "jti", "sub"]);
}

#[tokio::test]
async fn one_audience_is_a_text_and_several_are_a_list() {
    let sts = start().await;
    let audience = async |audiences: &[(&str, &str)]| {
        let parameters = [audiences, &[("SigningAlgorithm", "RS256")]].concat();
        let answer = ask(&sts, &keys(ADMIN), call("GetWebIdentityToken", &parameters)).await;
        let payload = answer.text("WebIdentityToken").split('.').nth(1).unwrap();
        let payload = data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap();
        serde_json::from_slice::<Value>(&payload).unwrap()["aud"].clone()
    };

    let one = audience(&[("Audience.member.1", "a")]).await;
    let two = audience(&[("Audience.member.1", "a"), ("Audience.member.2", "b")]).await;

    assert_eq!((one, two), (json!("a"), json!(["a", "b"])));
}

#[tokio::test]
async fn an_outbound_token_does_not_outlast_its_session() {
    let sts = start().await;
    let role = [
        ("RoleArn", "arn:aws:iam::111122223333:role/worker"),
        ("RoleSessionName", "run"),
        ("DurationSeconds", "900"),
    ];
    let session = ask(&sts, &keys(ADMIN), call("AssumeRole", &role)).await.credentials();
    let token = |duration| {
        call(
            "GetWebIdentityToken",
            &[
                ("Audience.member.1", "a"),
                ("SigningAlgorithm", "RS256"),
                ("DurationSeconds", duration),
            ],
        )
    };

    assert_eq!(ask(&sts, &session, token("900")).await.status, 200);
    assert_eq!(
        ask(&sts, &session, token("901")).await.error().split(':').next(),
        Some("403 SessionDurationEscalationException")
    );
    let short = ask(&sts, &session, token("59")).await;
    assert!(
        short.error().ends_with("Member must have value greater than or equal to 60"),
        "{}",
        short.body
    );
}

#[tokio::test]
async fn an_outbound_token_needs_an_audience_and_an_algorithm() {
    let sts = start().await;

    let neither = ask(&sts, &keys(ADMIN), call("GetWebIdentityToken", &[])).await;
    let unknown = [("Audience.member.1", "a"), ("SigningAlgorithm", "HS256")];
    let unknown = ask(&sts, &keys(ADMIN), call("GetWebIdentityToken", &unknown)).await;

    assert_eq!(
        neither.error(),
        "400 ValidationError: 2 validation errors detected: Value null at 'audience' failed to satisfy constraint: Member must not be null; Value null at 'signingAlgorithm' failed to satisfy constraint: Member must not be null"
    );
    assert_eq!(
        unknown.error(),
        "400 ValidationError: Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms"
    );
}

#[tokio::test]
async fn a_trade_in_token_gives_a_session_of_its_role() {
    let sts = start().await;
    let trade = async |token| {
        ask(&sts, &keys(ADMIN), call("GetDelegatedAccessToken", &[("TradeInToken", token)])).await
    };

    let good = trade("a token").await;
    let identity = ask(&sts, &good.credentials(), call("GetCallerIdentity", &[])).await;

    assert_eq!(good.text("AssumedPrincipal"), "arn:aws:iam::111122223333:role/worker");
    assert_eq!(identity.text("Arn"), "arn:aws:sts::111122223333:assumed-role/worker/agent");
    assert_eq!(trade("an old token").await.text("Code"), "ExpiredTradeInTokenException");
    assert_eq!(trade("no token").await.text("Code"), "AccessDenied");
}

#[tokio::test]
async fn an_encoded_message_is_decoded_for_those_who_may() {
    let sts = start().await;
    let mut message =
        AuthorizationMessage::new("arn:aws:iam::111122223333:user/guest", "ec2:RunInstances", "*");
    message.explicit_deny = true;
    let encoded = sts.encode(&message);
    let decode = |text: &str| call("DecodeAuthorizationMessage", &[("EncodedMessage", text)]);

    let decoded = ask(&sts, &keys(ADMIN), decode(&encoded)).await;
    let altered = ask(&sts, &keys(ADMIN), decode(&encoded.to_lowercase())).await;
    let guest = ask(&sts, &keys(GUEST), decode(&encoded)).await;

    let text = decoded.text("DecodedMessage");
    let decoded = serde_json::from_str::<Value>(text).unwrap();
    assert_eq!((&decoded["allowed"], &decoded["explicitDeny"]), (&json!(false), &json!(true)));
    assert_eq!(decoded["context"]["action"], "ec2:RunInstances");
    assert_eq!(decoded["context"]["principal"]["name"], "guest");
    assert_eq!(altered.error(), "400 InvalidAuthorizationMessageException: Message is not valid");
    assert_eq!(
        guest.error(),
        "403 AccessDenied: User: arn:aws:iam::111122223333:user/guest is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy allows the sts:DecodeAuthorizationMessage action"
    );
}

#[tokio::test]
async fn the_account_of_any_key_can_be_asked_for() {
    let sts = start().await;
    let account = async |key| {
        ask(&sts, &keys(ADMIN), call("GetAccessKeyInfo", &[("AccessKeyId", key)])).await
    };

    assert_eq!(account(GUEST.0).await.text("Account"), "111122223333");
    assert_eq!(account("ASIA3TM7R3RLBCMLQ2A7").await.text("Account"), "797587922006");
    assert_eq!(account("short").await.text("Code"), "ValidationError");
}

#[tokio::test]
async fn a_region_that_an_account_turned_off_issues_nothing_for_it() {
    let allow = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]});
    let mut account = Account::new("111122223333")
        .user(User::new("admin").access_key(ADMIN.0, ADMIN.1).policy("allow", allow));
    account.disabled_regions.push("eu-south-1".to_owned());
    let sts = FakeSts::builder().account(account).start().await.unwrap();

    let off = ask(&sts, &keys(ADMIN), call("GetSessionToken", &[]).region("eu-south-1")).await;
    let on = ask(&sts, &keys(ADMIN), call("GetSessionToken", &[]).region("eu-west-1")).await;

    assert_eq!(
        off.error(),
        "403 RegionDisabledException: STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console."
    );
    assert_eq!(on.status, 200);
}
