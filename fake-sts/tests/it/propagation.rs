//! Trusted identity propagation, of the published model of 20 November 2026: who is behind a federated session, in the
//! response, in policies and in outbound tokens.

use std::time::{Duration, SystemTime};

use data_encoding::BASE64URL_NOPAD;
use fake_sts::FakeSts;
use fake_sts::oidc::TokenBuilder;
use fake_sts::world::{Account, ContextProvider, OidcProvider, Role, User, World};
use serde_json::{Value, json};

use crate::client::{Answer, Call, ask, call, control, keys, send};

const ROLE: &str = "arn:aws:iam::111122223333:role/agent";
const OIDC: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test";

fn allow(condition: &Value, actions: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": "*", "Condition": condition}]})
}

/// A role for bearers on this condition, whose sessions may do what the policy allows.
async fn start(condition: Value, policy: Value) -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Condition": condition,
        "Principal": {"Federated": OIDC}, "Action": "sts:AssumeRoleWithWebIdentity"}]});
    let context = ContextProvider::new("email")
        .subject_type("user")
        .key("department", "Department")
        .key("level", "aws:TransactionContext/IdentityProvider/Level");
    let provider = OidcProvider::built_in().client_id("sts.amazonaws.com");
    let account = Account::new("111122223333")
        .outbound_web_identity()
        .role(Role::new("agent").trust_policy(trust).policy("allow", policy))
        .oidc_provider(provider.context_provider(context));
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_126_400);
    FakeSts::builder().account(account).clock_frozen_at(noon).start().await.unwrap()
}

async fn usual() -> FakeSts {
    start(json!({}), allow(&json!({}), &json!("sts:*"))).await
}

fn token(sts: &FakeSts) -> TokenBuilder {
    let token = sts.issuer().token().subject("0f2c").claim("email", "carol@example.com");
    token.claim("department", "Finance").claim("level", 3)
}

fn trade(token: TokenBuilder) -> Call {
    let token = token.mint();
    call(
        "AssumeRoleWithWebIdentity",
        &[("RoleArn", ROLE), ("RoleSessionName", "run"), ("WebIdentityToken", &token)],
    )
}

async fn assume(sts: &FakeSts, token: TokenBuilder) -> Answer {
    send(sts, trade(token).unsigned(sts)).await
}

fn outbound(parameters: &[(&str, &str)]) -> Call {
    let usual = [("Audience.member.1", "https://api.example"), ("SigningAlgorithm", "RS256")];
    call("GetWebIdentityToken", &[&usual[..], parameters].concat())
}

fn claims(answer: &Answer) -> Value {
    let payload = answer.text("WebIdentityToken").split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}

const CONTEXT: &str = "    <TrustedIdentityPropagationContext>
      <OriginIdentity>
        <Subject>carol@example.com</Subject>
        <SubjectType>user</SubjectType>
        <Issuer>oidc.fake-sts.test</Issuer>
        <FederatedProviderArn>arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test</FederatedProviderArn>
      </OriginIdentity>
      <TransactionContext>
        <IdentityProvider>
          <entry>
            <key>Department</key>
            <value>Finance</value>
          </entry>
          <entry>
            <key>Level</key>
            <value>3</value>
          </entry>
        </IdentityProvider>
      </TransactionContext>
    </TrustedIdentityPropagationContext>
";

#[tokio::test]
async fn the_response_tells_who_is_behind_the_session() {
    let sts = usual().await;

    let answer = assume(&sts, token(&sts)).await;
    assert!(answer.body.contains(CONTEXT), "{}", answer.body);
    // The identity of the token stays another one.
    assert_eq!(answer.text("SubjectFromWebIdentityToken"), "0f2c");

    let call = trade(token(&sts)).header("accept", "application/json");
    let answer = send(&sts, call.unsigned(&sts)).await;
    let body = serde_json::from_str::<Value>(&answer.body).unwrap();
    assert_eq!(
        body["AssumeRoleWithWebIdentityResponse"]["AssumeRoleWithWebIdentityResult"]["TrustedIdentityPropagationContext"],
        json!({
            "OriginIdentity": {"Subject": "carol@example.com", "SubjectType": "user",
                "Issuer": "oidc.fake-sts.test", "FederatedProviderArn": OIDC},
            "TransactionContext": {"IdentityProvider": {"Department": "Finance", "Level": "3"}}
        })
    );
}

#[tokio::test]
async fn claims_that_are_no_short_text_are_left_out_and_a_subject_is_needed() {
    let sts = usual().await;
    let fits = token(&sts).claim("department", "x".repeat(128)).claim("level", Value::Null);
    let too_long = token(&sts).claim("department", "x".repeat(129)).claim("level", json!([3]));
    let without = sts.issuer().token().claim("department", "Finance");

    let fits = assume(&sts, fits).await;
    assert!(fits.body.contains("<key>Department</key>") && !fits.body.contains("<key>Level</key>"));
    let too_long = assume(&sts, too_long).await;
    assert_eq!((too_long.status, too_long.find("TransactionContext")), (200, None));
    let refused = assume(&sts, without).await;
    assert_eq!((refused.status, refused.text("Code")), (400, "InvalidIdentityToken"));
}

#[tokio::test]
async fn without_a_context_provider_there_is_no_context() {
    let sts = usual().await;
    let mut world = sts.world();
    world.accounts[0].oidc_providers[0].context_provider = None;
    sts.set_world(world).unwrap();

    let answer = assume(&sts, token(&sts)).await;
    assert_eq!((answer.status, answer.find("OriginIdentity")), (200, None));
    let origin = outbound(&[("SubjectMode", "OriginIdentity")]);
    assert_eq!(ask(&sts, &answer.credentials(), origin).await.text("Code"), "ValidationError");
}

#[tokio::test]
async fn trust_policies_and_policies_of_the_session_see_it() {
    let keys = [
        ("aws:OriginIdentity/Subject", "carol@example.com"),
        ("aws:OriginIdentity/SubjectType", "user"),
        ("aws:OriginIdentity/Issuer", "oidc.fake-sts.test"),
        ("aws:OriginIdentity/FederatedProviderArn", OIDC),
        ("aws:TransactionContext/IdentityProvider/Department", "Finance"),
        ("aws:TransactionContext/IdentityProvider/Level", "3"),
    ];
    let condition =
        json!({"StringEquals": keys.into_iter().collect::<std::collections::BTreeMap<_, _>>()});
    let sts = start(condition.clone(), allow(&condition, &json!("sts:GetAccessKeyInfo"))).await;
    let key = call("GetAccessKeyInfo", &[("AccessKeyId", "ASIA3TM7R3RLBCMLQ2A7")]);

    let carol = assume(&sts, token(&sts)).await;
    assert_eq!(ask(&sts, &carol.credentials(), key).await.status, 200);
    let dave = assume(&sts, token(&sts).claim("email", "dave@example.com")).await;
    assert_eq!((dave.status, dave.text("Code")), (403, "AccessDenied"));
}

#[tokio::test]
async fn an_outbound_token_may_be_about_who_is_behind_the_session() {
    let sts = usual().await;
    let session = assume(&sts, token(&sts)).await.credentials();
    let scope = "read write:all";

    let plain = claims(&ask(&sts, &session, outbound(&[])).await);
    let origin = outbound(&[("SubjectMode", "OriginIdentity"), ("Scope", scope)]);
    let origin = claims(&ask(&sts, &session, origin).await);

    let of_aws = "https://sts.amazonaws.com/";
    assert_eq!(plain["sub"], ROLE);
    assert_eq!((plain.get("scope"), plain.get("subject_mode")), (None, None));
    assert_eq!(origin["sub"], "carol@example.com");
    assert_eq!(
        (&origin["scope"], &origin["subject_mode"]),
        (&json!(scope), &json!("OriginIdentity"))
    );
    for claims in [&plain, &origin] {
        assert_eq!(claims[of_aws]["principal_id"], ROLE);
    }

    // Scoping a session down leaves it whose it was.
    let scoped = call("GetScopedCredentials", &[("DurationSeconds", "900")]);
    let scoped = ask(&sts, &session, scoped).await.credentials();
    let again = ask(&sts, &scoped, outbound(&[("SubjectMode", "OriginIdentity")])).await;
    assert_eq!(claims(&again)["sub"], "carol@example.com");
}

#[tokio::test]
async fn scopes_and_modes_have_a_permission_and_condition_keys() {
    let both = [("SubjectMode", "OriginIdentity"), ("Scope", "read write")];
    let (token_only, scope) = (
        json!("sts:GetWebIdentityToken"),
        json!(["sts:GetWebIdentityToken", "sts:SetWebIdentityTokenScope"]),
    );
    let mode = json!({"StringEquals": {"sts:SubjectMode": "OriginIdentity"}});
    let reads =
        |values: Value| json!({"ForAllValues:StringEquals": {"sts:IdentityTokenScope": values}});
    for (policy, parameters, status) in [
        (allow(&json!({}), &token_only), &both[..1], 200),
        (allow(&json!({}), &token_only), &both, 403),
        (allow(&json!({}), &scope), &both, 200),
        (allow(&mode, &scope), &both, 200),
        (allow(&mode, &scope), &[], 403),
        (allow(&reads(json!(["read", "write"])), &scope), &both, 200),
        (allow(&reads(json!(["read"])), &scope), &both, 403),
    ] {
        let sts = start(json!({}), policy.clone()).await;
        let session = assume(&sts, token(&sts)).await.credentials();
        let answer = ask(&sts, &session, outbound(parameters)).await;
        assert_eq!(answer.status, status, "{policy} {parameters:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_subject_that_could_pass_for_another_is_denied() {
    let sts = usual().await;
    let origin = || outbound(&[("SubjectMode", "OriginIdentity")]);
    for (subject, wanted) in [
        ("a b", "200"),
        ("例", "200"),
        ("  ", "ValidationError"),
        ("arn:aws:iam::111122223333:user/alice", "AccessDenied"),
        ("ARN:x", "AccessDenied"),
        (" carol", "AccessDenied"),
        ("carol ", "AccessDenied"),
        ("ca\u{200B}rol", "AccessDenied"),
        ("ca\u{7}rol", "AccessDenied"),
        ("ca\u{2028}rol", "AccessDenied"),
        ("ca\u{A0}rol", "AccessDenied"),
    ] {
        let session = assume(&sts, token(&sts).claim("email", subject)).await.credentials();
        let answer = ask(&sts, &session, origin()).await;
        let said = if answer.status == 200 { "200" } else { answer.text("Code") };
        assert_eq!(said, wanted, "{subject:?}");
    }
}

/// The published model calls the structure sensitive, and its documentation asks not to log it.
#[tokio::test]
async fn neither_journal_nor_cloudtrail_has_the_person() {
    let sts = usual().await;
    assume(&sts, token(&sts)).await;

    let calls = sts.journal().calls();
    let logged = format!("{:?} {}", calls, sts.journal().cloudtrail());
    assert!(logged.contains("assumed-role/agent/run"), "{logged}");
    assert!(!logged.contains("carol"), "{logged}");
}

#[cfg(feature = "saml")]
#[tokio::test]
async fn an_assertion_is_known_by_the_hash_of_the_key_that_signed_it() {
    use fake_sts::world::SamlProvider;

    const SAML: &str = "arn:aws:iam::111122223333:saml-provider/Idp";
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": SAML}, "Action": "sts:AssumeRoleWithSAML"}]});
    let context = ContextProvider::new("Subject/NameID").key("urn:dept", "Department");
    let account = Account::new("111122223333")
        .role(Role::new("agent").trust_policy(trust))
        .saml_provider(SamlProvider::built_in("Idp").context_provider(context));
    let sts = FakeSts::builder().account(account).start().await.unwrap();
    let issuer = async |department: &[&str]| {
        let assertion = sts.saml_identity_provider().assertion().role(SAML, ROLE).subject("carol");
        let assertion = assertion.attribute("urn:dept", department.iter().copied()).mint();
        let parameters = [("RoleArn", ROLE), ("PrincipalArn", SAML), ("SAMLAssertion", &assertion)];
        let answer = send(&sts, call("AssumeRoleWithSAML", &parameters).unsigned(&sts)).await;
        let (_, context) = answer.body.split_once("<TrustedIdentityPropagationContext>").unwrap();
        assert!(context.contains("<Subject>carol</Subject>"), "{context}");
        assert_eq!(context.contains("<value>Finance</value>"), department.len() == 1, "{context}");
        let (_, issuer) = context.split_once("<Issuer>").unwrap();
        issuer.split_once('<').unwrap().0.to_owned()
    };

    let hash = issuer(&["Finance"]).await;
    assert_eq!(issuer(&["Finance", "Law"]).await, hash, "one value, or none");
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
}

#[tokio::test]
async fn a_world_with_keys_that_iam_does_not_take_is_refused() {
    let eleven = (0..11).map(|at| json!({"source_key": format!("k{at}")})).collect::<Vec<_>>();
    for (provider, fault) in [
        (json!({"subject_source_key": ""}), "``"),
        (json!({"subject_source_key": "x".repeat(129)}), "`xxx"),
        (json!({"subject_source_key": " sub"}), "` sub`"),
        (json!({"subject_source_key": "a  b"}), "`a  b`"),
        (json!({"subject_source_key": "s\u{fc}b"}), "`s\u{fc}b`"),
        (json!({"subject_source_key": "sub", "subject_type_source_key": "?"}), "`?`"),
        (json!({"subject_source_key": "sub", "key_definitions": eleven}), "11 key_definitions"),
        (
            json!({"subject_source_key": "sub", "key_definitions": [{"source_key": "a", "target_key": "*"}]}),
            "`*`",
        ),
    ] {
        let provider = json!({"url": "https://issuer.example", "context_provider": provider});
        let world = json!({"accounts": [{"id": "111122223333", "oidc_providers": [provider]}]});
        let world = serde_json::from_value::<World>(world).unwrap();
        let error = FakeSts::builder().world(world).start().await.unwrap_err();
        let error = std::error::Error::source(&error).unwrap().to_string();
        assert!(error.contains("context_provider: ") && error.contains(fault), "{error}");
    }
}

const CONTEXT_PROVIDER: &str = "arn:aws:iam::aws:contextProvider/IdentityCenter";

/// A user who may set contexts, and a role for carol alone.
async fn with_contexts(switch: &str, actions: Value) -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": ["sts:AssumeRole", "sts:SetContext"],
        "Condition": {"StringEqualsIfExists": {"aws:OriginIdentity/Subject": "carol"}}}]});
    let user = User::new("user").access_key("AKIAUSERAAAAAAAAAAAA", "secret");
    let world = World::empty().account(
        Account::new("111122223333")
            .outbound_web_identity()
            .user(user.policy("allow", allow(&json!({}), &actions)))
            .role(
                Role::new("agent")
                    .trust_policy(trust)
                    .policy("allow", allow(&json!({}), &json!("sts:*"))),
            ),
    );
    let patch = json!({"switches": {"context_assertions": switch}});
    FakeSts::builder().world(world.patched(&patch).unwrap()).start().await.unwrap()
}

async fn provide(sts: &FakeSts, contexts: &[(&str, &str)]) -> Answer {
    let contexts = contexts.iter().enumerate().flat_map(|(at, (provider, assertion))| {
        let name = |member| format!("ProvidedContexts.member.{}.{member}", at + 1);
        [(name("ProviderArn"), *provider), (name("ContextAssertion"), *assertion)]
    });
    let contexts = contexts.filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>();
    let contexts = contexts.iter().map(|(name, value)| (name.as_str(), *value));
    let usual = [("RoleArn", ROLE), ("RoleSessionName", "run")];
    let parameters = usual.into_iter().chain(contexts).collect::<Vec<_>>();
    ask(sts, &keys(("AKIAUSERAAAAAAAAAAAA", "secret")), call("AssumeRole", &parameters)).await
}

fn outcome(answer: &Answer) -> String {
    let code = answer.find("Code").unwrap_or_default();
    format!("{} {code}", answer.status).trim_end().to_owned()
}

#[tokio::test]
async fn context_assertions_of_the_fake_are_good_and_no_others() {
    let sts = with_contexts("checked", json!("sts:*")).await;
    let good = sts.context_assertion(CONTEXT_PROVIDER, "carol");
    let elsewhere = FakeSts::start().await.context_assertion(CONTEXT_PROVIDER, "carol");
    let of_another = sts.context_assertion("arn:aws:iam::aws:contextProvider/other", "carol");
    let changed = good.replacen(&good[..1], if good.starts_with('A') { "B" } else { "A" }, 1);
    for (contexts, wanted) in [
        (vec![(CONTEXT_PROVIDER, good.as_str())], "200"),
        (vec![(CONTEXT_PROVIDER, &good), (CONTEXT_PROVIDER, &good)], "200"),
        (vec![(CONTEXT_PROVIDER, "invented")], "400 InvalidContextAssertion"),
        (vec![(CONTEXT_PROVIDER, "")], "400 InvalidContextAssertion"),
        (vec![("", &good)], "400 InvalidContextAssertion"),
        (vec![(CONTEXT_PROVIDER, &of_another)], "400 InvalidContextAssertion"),
        (vec![(CONTEXT_PROVIDER, &elsewhere)], "400 InvalidContextAssertion"),
        (vec![(CONTEXT_PROVIDER, &changed)], "400 InvalidContextAssertion"),
        (
            vec![(CONTEXT_PROVIDER, &good), (CONTEXT_PROVIDER, "x y z")],
            "400 InvalidContextAssertion",
        ),
    ] {
        assert_eq!(outcome(&provide(&sts, &contexts).await), wanted, "{contexts:?}");
    }
    let dave = sts.context_assertion(CONTEXT_PROVIDER, "dave");
    let dave = provide(&sts, &[(CONTEXT_PROVIDER, &dave)]).await;
    assert_eq!(outcome(&dave), "403 AccessDenied", "the trust policy sees the subject");

    let session = provide(&sts, &[(CONTEXT_PROVIDER, &good)]).await.credentials();
    let origin = ask(&sts, &session, outbound(&[("SubjectMode", "OriginIdentity")])).await;
    assert_eq!(claims(&origin)["sub"], "carol");

    sts.clock().advance(Duration::from_secs(300));
    let late = provide(&sts, &[(CONTEXT_PROVIDER, &good)]).await;
    assert_eq!(outcome(&late), "400 InvalidContextAssertion");
}

#[tokio::test]
async fn to_provide_a_context_needs_a_permission_whatever_is_in_it() {
    // The trust policy allows by `*` and so needs nothing of the user's own: only a deny takes it away.
    let sts = with_contexts("checked", json!("sts:AssumeRole")).await;
    let mut world = sts.world();
    world.accounts[0].users[0].policies.push(fake_sts::world::Policy::new(
        "deny",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "sts:SetContext", "Resource": "*"}]}),
    ));
    sts.set_world(world).unwrap();
    let invented = provide(&sts, &[(CONTEXT_PROVIDER, "invented")]).await;
    assert_eq!(outcome(&invented), "403 AccessDenied");
}

#[tokio::test]
async fn invented_assertions_are_taken_where_the_switch_says_so() {
    let sts = with_contexts("ignored", json!("sts:*")).await;
    let invented = provide(&sts, &[(CONTEXT_PROVIDER, "invented")]).await;
    assert_eq!(outcome(&invented), "200");
    let origin = outbound(&[("SubjectMode", "OriginIdentity")]);
    assert_eq!(ask(&sts, &invented.credentials(), origin).await.text("Code"), "ValidationError");
}

#[tokio::test]
async fn an_assertion_can_be_had_over_http() {
    let sts = with_contexts("checked", json!("sts:*")).await;
    let request = json!({"provider": CONTEXT_PROVIDER, "subject": "carol", "subject_type": "user",
        "issuer": "https://login.example", "expires_in": 60});
    let made = control(http::Method::POST, "context-assertion", &request.to_string());
    let made = send(&sts, made.unsigned(&sts)).await;
    let made = serde_json::from_str::<Value>(&made.body).unwrap();
    let assertion = made["assertion"].as_str().unwrap();

    assert_eq!(outcome(&provide(&sts, &[(CONTEXT_PROVIDER, assertion)]).await), "200");
    sts.clock().advance(Duration::from_secs(60));
    let late = provide(&sts, &[(CONTEXT_PROVIDER, assertion)]).await;
    assert_eq!(outcome(&late), "400 InvalidContextAssertion");
}
