//! CloudTrail and the extended request id: recording `service_management_events`.

use data_encoding::BASE64;
use fake_sts::FakeSts;
use fake_sts::world::{Account, OidcProvider, Role};
use serde_json::{Value, json};

use super::{ACCOUNT, credentials_of, noon, policy, said, user, user_who_may};
use crate::client::{Call, ask, call, send};

async fn start() -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]});
    let allow = policy("Allow", &json!("sts:*"), "*");
    let account = Account::new(ACCOUNT)
        .user(user_who_may("user", "sts:*"))
        .user(user("guest"))
        .role(Role::new("role").trust_policy(trust).policy("allow", allow));
    FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap()
}

/// The latest record, and what the caller saw.
async fn record(sts: &FakeSts, caller: &str, call: Call) -> (Value, String, String) {
    let answer = ask(sts, &credentials_of(caller), call).await;
    let records = sts.journal().cloudtrail();
    let record = records["Records"].as_array().unwrap().last().unwrap().clone();
    let extended = answer.header("x-amz-sts-extended-request-id").to_owned();
    (record, said(&answer), extended)
}

fn token() -> Call {
    call(
        "GetWebIdentityToken",
        &[("Audience.member.1", "a"), ("SigningAlgorithm", "RS256"), ("DurationSeconds", "300")],
    )
}

#[tokio::test]
async fn assuming_a_role_reads_and_issuing_tokens_does_not() {
    let sts = start().await;
    let role = [("RoleArn", "arn:aws:iam::111122223333:role/role"), ("RoleSessionName", "run")];
    for (call, read_only) in [
        (call("GetCallerIdentity", &[]), true),
        (call("AssumeRole", &role), true),
        (call("GetSessionToken", &[]), false),
        (call("GetFederationToken", &[("Name", "guest")]), false),
        (token(), false),
    ] {
        let (record, ..) = record(&sts, "user", call).await;
        assert_eq!(record["readOnly"], read_only, "{}", record["eventName"]);
        assert_eq!(record["eventVersion"], "1.11");
        assert!(record["responseElements"]["credentials"]["secretAccessKey"].is_null());
    }
}

#[tokio::test]
async fn records_of_successful_calls_have_the_extended_request_id_of_the_response() {
    let sts = start().await;
    for (host, kind, letter) in
        [("sts.us-east-1.amazonaws.com", "regional", "R"), ("sts.amazonaws.com", "global", "G")]
    {
        let call = call("GetCallerIdentity", &[]).host(host);
        let (record, _, extended) = record(&sts, "user", call).await;

        assert_eq!(
            record["additionalEventData"],
            json!({"ExtendedRequestId": extended,
                "RequestDetails": {"awsServingRegion": "us-east-1", "endpointType": kind}})
        );
        let text = String::from_utf8(BASE64.decode(extended.as_bytes()).unwrap()).unwrap();
        let suffix = text.strip_prefix(&format!("1:us-east-1:S:1789128000000:{letter}:")).unwrap();
        assert!(suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(
            (&record["requestParameters"], &record["responseElements"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[tokio::test]
async fn denied_calls_have_no_parameters_and_those_refused_later_have() {
    let sts = start().await;

    let (denied, message, _) = record(&sts, "guest", token()).await;
    let (disabled, ..) = record(&sts, "user", token()).await;

    assert_eq!(denied["errorCode"], "AccessDenied");
    assert_eq!(format!("403 AccessDenied: {}", denied["errorMessage"].as_str().unwrap()), message);
    assert_eq!(denied["requestParameters"], Value::Null);
    assert_eq!(disabled["errorCode"], "OutboundWebIdentityFederationDisabledException");
    assert_eq!(disabled["errorMessage"], "OutboundWebIdentityFederation is disabled.");
    assert_eq!(
        disabled["requestParameters"],
        json!({"audience": ["a"], "durationSeconds": 300, "signingAlgorithm": "RS256"})
    );
    assert!(denied.get("additionalEventData").is_none());
    assert!(disabled.get("additionalEventData").is_none());
}

#[tokio::test]
async fn a_user_is_logged_with_the_recorded_members() {
    let sts = start().await;
    let id = sts.world().accounts[0].users[0].id.clone().unwrap();
    let (record, ..) = record(&sts, "user", call("GetCallerIdentity", &[])).await;

    assert_eq!(
        record["userIdentity"],
        json!({
            "type": "IAMUser", "principalId": id, "arn": "arn:aws:iam::111122223333:user/user",
            "accountId": "111122223333", "accessKeyId": "AKIAUSERAAAAAAAAAAAA", "userName": "user"
        })
    );
    for (member, value) in [
        ("eventType", json!("AwsApiCall")),
        ("eventSource", json!("sts.amazonaws.com")),
        ("managementEvent", json!(true)),
        ("eventCategory", json!("Management")),
        ("readOnly", json!(true)),
        ("requestParameters", Value::Null),
        ("responseElements", Value::Null),
    ] {
        assert_eq!(record[member], value, "{member}");
    }
}

#[tokio::test]
async fn a_token_that_would_outlast_its_session_is_logged_with_its_parameters() {
    let sts = start().await;
    let short = call("GetSessionToken", &[("DurationSeconds", "900")]);
    let session = ask(&sts, &credentials_of("user"), short).await.credentials();
    let parameters =
        [("Audience.member.1", "a"), ("SigningAlgorithm", "RS256"), ("DurationSeconds", "3600")];
    let answer = ask(&sts, &session, call("GetWebIdentityToken", &parameters)).await;
    assert_eq!(answer.text("Code"), "SessionDurationEscalationException");

    let records = sts.journal().cloudtrail();
    let record = records["Records"].as_array().unwrap().last().unwrap();
    assert_eq!(record["errorCode"], "SessionDurationEscalationException");
    assert_eq!(record["errorMessage"], answer.text("Message"));
    assert_eq!(
        record["requestParameters"],
        json!({"audience": ["a"], "durationSeconds": 3600, "signingAlgorithm": "RS256"})
    );
    assert!(record.get("additionalEventData").is_none());
}

#[tokio::test]
async fn the_other_operations_read_or_not_as_recorded() {
    let trust = |action: &str, principal: Value| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action}]});
    let oidc = json!({"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test"});
    let mut account = Account::new(ACCOUNT)
        .organization("o-a1b2c3d4e5")
        .root_access_management()
        .user(user_who_may("user", "sts:*"))
        .role(Role::new("web").trust_policy(trust("sts:AssumeRoleWithWebIdentity", oidc)))
        .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"));
    if cfg!(feature = "saml") {
        let saml = json!({"Federated": "arn:aws:iam::111122223333:saml-provider/Idp"});
        account = account
            .role(Role::new("saml").trust_policy(trust("sts:AssumeRoleWithSAML", saml)))
            .saml_provider(fake_sts::world::SamlProvider::built_in("Idp"));
    }
    let member = Account::new("444455556666").organization("o-a1b2c3d4e5");
    let sts = FakeSts::builder().account(account).account(member).start().await.unwrap();
    let root = [
        ("TargetPrincipal", "444455556666"),
        ("TaskPolicyArn.arn", "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"),
    ];
    let token = sts.issuer().token().mint();
    let web = [
        ("RoleArn", "arn:aws:iam::111122223333:role/web"),
        ("RoleSessionName", "run"),
        ("WebIdentityToken", &token),
    ];
    let web = call("AssumeRoleWithWebIdentity", &web).unsigned(&sts);
    assert_eq!(said(&send(&sts, web).await), "200");
    let root = ask(&sts, &credentials_of("user"), call("AssumeRoot", &root)).await;
    assert_eq!(said(&root), "200");
    let wanted = [("AssumeRoleWithWebIdentity", true), ("AssumeRoot", false)];
    #[cfg(feature = "saml")]
    let wanted = {
        let (role, provider) =
            ("arn:aws:iam::111122223333:role/saml", "arn:aws:iam::111122223333:saml-provider/Idp");
        let assertion = sts.saml_identity_provider().assertion().role(provider, role).mint();
        let saml = [("RoleArn", role), ("PrincipalArn", provider), ("SAMLAssertion", &assertion)];
        let saml = call("AssumeRoleWithSAML", &saml).unsigned(&sts);
        assert_eq!(said(&send(&sts, saml).await), "200");
        let [web, root] = wanted;
        [web, root, ("AssumeRoleWithSAML", true)]
    };

    let records = sts.journal().cloudtrail();
    for (operation, read_only) in wanted {
        let records = records["Records"].as_array().unwrap();
        let record = records.iter().find(|record| record["eventName"] == operation).unwrap();
        assert_eq!(record["readOnly"], read_only, "{operation}");
        let credentials = &record["responseElements"]["credentials"];
        assert!(credentials["accessKeyId"].as_str().unwrap().starts_with("ASIA"), "{operation}");
        assert!(credentials.get("secretAccessKey").is_none(), "{operation}");
    }
}
