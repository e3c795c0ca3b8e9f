//! Session tokens: recordings `sts_preferences`, `managed_session_policy` and `service_management_events`.

use fake_sts::FakeSts;
use fake_sts::switches::{AsOf, PackedPolicySize, SessionTokenSize, Switches};
use fake_sts::world::{Account, GlobalEndpointTokenVersion, Role};
use serde_json::json;

use super::{ACCOUNT, credentials_of, noon, policy, said, user_who_may};
use crate::client::{Answer, Call, ask, call};

const GLOBAL: &str = "sts.amazonaws.com";

async fn with(version: GlobalEndpointTokenVersion, switches: Switches) -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]});
    let allow = policy("Allow", &json!("sts:*"), "*");
    let mut account = Account::new(ACCOUNT)
        .user(user_who_may("user", "sts:*"))
        .managed_policy("limit", allow.clone())
        .role(Role::new("role").trust_policy(trust).policy("allow", allow));
    account.global_endpoint_token_version = version;
    let builder = FakeSts::builder().account(account).switches(switches);
    builder.clock_frozen_at(noon()).start().await.unwrap()
}

async fn start() -> FakeSts {
    with(GlobalEndpointTokenVersion::V1Token, Switches::default()).await
}

/// The three operations of the recording, each with what it was asked for.
fn operations() -> [Call; 3] {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject*","Resource":"*xx*"}]}"#;
    assert_eq!(policy.len(), 100);
    [
        call("GetSessionToken", &[("DurationSeconds", "900")]),
        call("GetFederationToken", &[("Name", "guest"), ("Policy", policy)]),
        call(
            "AssumeRole",
            &[("RoleArn", "arn:aws:iam::111122223333:role/role"), ("RoleSessionName", "run")],
        ),
    ]
}

async fn issue(sts: &FakeSts, call: Call) -> Answer {
    let answer = ask(sts, &credentials_of("user"), call).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

async fn used_in(sts: &FakeSts, issued: &Answer, region: &str) -> String {
    let call = call("GetCallerIdentity", &[]).region(region);
    said(&ask(sts, &issued.credentials(), call).await)
}

#[tokio::test]
async fn version_1_tokens_are_refused_in_opt_in_regions() {
    let refused = "403 InvalidClientTokenId: The security token included in the request is invalid";
    for (version, host, opt_in) in [
        (GlobalEndpointTokenVersion::V1Token, GLOBAL, refused),
        (GlobalEndpointTokenVersion::V2Token, GLOBAL, "200"),
        (GlobalEndpointTokenVersion::V1Token, "sts.us-east-1.amazonaws.com", "200"),
    ] {
        let sts = with(version, Switches::default()).await;
        for operation in operations() {
            let issued = issue(&sts, operation.host(host)).await;
            for (region, wanted) in [
                ("us-east-1", "200"),
                ("ap-northeast-3", "200"),
                ("ap-east-1", opt_in),
                ("eu-south-2", opt_in),
            ] {
                assert_eq!(used_in(&sts, &issued, region).await, wanted, "{host} {region}");
            }
        }
    }
}

#[tokio::test]
async fn tokens_have_the_recorded_lengths() {
    let (v1, v2) =
        (start().await, with(GlobalEndpointTokenVersion::V2Token, Switches::default()).await);
    let recorded = [(288, 688), (376, 776), (352, 752)];
    for (operation, (global, regional)) in operations().into_iter().zip(recorded) {
        let length = async |sts: &FakeSts, host: &str| {
            issue(sts, operation.clone().host(host)).await.text("SessionToken").len()
        };
        assert_eq!(length(&v1, GLOBAL).await, global);
        assert_eq!(length(&v1, "sts.us-east-1.amazonaws.com").await, regional);
        assert_eq!(length(&v2, GLOBAL).await, regional);
    }
}

#[tokio::test]
async fn responses_have_the_size_and_the_utilization_rounded_down() {
    let sts = start().await;
    let recorded = [("688", "16", None), ("776", "18", Some("18")), ("752", "18", Some("18"))];
    for (operation, (size, utilization, packed)) in operations().into_iter().zip(recorded) {
        let answer = issue(&sts, operation).await;
        assert_eq!(answer.text("SessionTokenSize"), size);
        assert_eq!(answer.text("SessionTokenUtilization"), utilization);
        assert_eq!(answer.find("PackedPolicySize"), packed);
    }
    for (size, utilization) in [("800", "19"), ("876", "21"), ("4096", "100")] {
        let asked = call("GetSessionToken", &[("MinimumSessionTokenSize", size)]);
        let answer = issue(&sts, asked).await;
        assert_eq!(answer.text("SessionTokenSize"), size);
        assert_eq!(answer.text("SessionTokenUtilization"), utilization);
    }
}

#[tokio::test]
async fn july_had_no_sizes_and_packed_ones_alone_rounded_up() {
    let july = Switches::as_of(AsOf::July2026);
    assert_eq!(july.session_token_size, SessionTokenSize::Absent);
    assert_eq!(july.packed_policy_size, PackedPolicySize::WhenPacked);
    let sts = with(GlobalEndpointTokenVersion::V1Token, july).await;
    let recorded = [None, Some("19"), None];
    for (operation, packed) in operations().into_iter().zip(recorded) {
        let answer = issue(&sts, operation).await;
        assert_eq!(answer.find("SessionTokenSize"), None);
        assert_eq!(answer.find("PackedPolicySize"), packed);
    }
}

#[tokio::test]
async fn a_token_beyond_4096_bytes_is_refused() {
    let sts = start().await;
    let tags = (1..=20).flat_map(|at| {
        [
            (format!("Tags.member.{at}.Key"), format!("key-{at}")),
            (format!("Tags.member.{at}.Value"), "v".repeat(256)),
        ]
    });
    let tags = tags.collect::<Vec<_>>();
    let tags = tags.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let usual = [("RoleArn", "arn:aws:iam::111122223333:role/role"), ("RoleSessionName", "run")];
    let parameters = usual.into_iter().chain(tags).collect::<Vec<_>>();
    let answer = ask(&sts, &credentials_of("user"), call("AssumeRole", &parameters)).await;

    let error = said(&answer);
    assert!(
        error.starts_with("400 PackedPolicyTooLarge: Packed size of session tags consumes 1")
            && error.ends_with("% of allotted space."),
        "{error}"
    );
}

/// A new version of a managed session policy takes effect on sessions that were issued before.
#[tokio::test]
async fn managed_session_policies_are_read_at_each_call() {
    let sts = start().await;
    let parameters = [
        ("RoleArn", "arn:aws:iam::111122223333:role/role"),
        ("RoleSessionName", "run"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/limit"),
    ];
    let session = issue(&sts, call("AssumeRole", &parameters)).await.credentials();
    let key = call("GetAccessKeyInfo", &[("AccessKeyId", "ASIA3TM7R3RLBCMLQ2A7")]);
    assert_eq!(ask(&sts, &session, key.clone()).await.status, 200);

    let mut world = sts.world();
    world.accounts[0].managed_policies[0].document = policy("Deny", &json!("sts:*"), "*");
    sts.set_world(world).unwrap();

    assert_eq!(
        said(&ask(&sts, &session, key).await),
        "403 AccessDenied: User: arn:aws:sts::111122223333:assumed-role/role/run is not authorized to perform: sts:GetAccessKeyInfo with an explicit deny in a session policy"
    );
}

/// The global endpoint has neither operation, and says so in two ways.
#[tokio::test]
async fn the_global_endpoint_lacks_two_operations() {
    let sts = start().await;
    let token = [("Audience.member.1", "a"), ("SigningAlgorithm", "RS256")];
    let root = [
        ("TargetPrincipal", "444455556666"),
        ("TaskPolicyArn.arn", "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"),
    ];
    for (call, wanted) in [
        (
            call("GetWebIdentityToken", &token),
            "400 InvalidAction: Operation not supported on STS global endpoint",
        ),
        (call("AssumeRoot", &root), "400 InvalidAction: Unknown Operation"),
    ] {
        assert_eq!(said(&ask(&sts, &credentials_of("user"), call.host(GLOBAL)).await), wanted);
    }
}

/// STS takes conditions that IAM would refuse to store: they do not match. Binary values that are none it refuses.
#[tokio::test]
async fn session_policies_may_have_malformed_values_in_conditions() {
    let sts = start().await;
    let key = call("GetAccessKeyInfo", &[("AccessKeyId", "ASIA3TM7R3RLBCMLQ2A7")]);
    for (condition, is_taken) in [
        (json!({"NumericEquals": {"aws:EpochTime": "many"}}), true),
        (json!({"DateLessThan": {"aws:CurrentTime": "tomorrow"}}), true),
        (json!({"IpAddress": {"aws:SourceIp": "nowhere"}}), true),
        (json!({"ArnEquals": {"aws:PrincipalArn": "nobody"}}), true),
        (json!({"BinaryEquals": {"aws:PrincipalTag/key": "%%%"}}), false),
    ] {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*",
            "Resource": "*", "Condition": condition}]});
        let parameters = [
            ("RoleArn", "arn:aws:iam::111122223333:role/role"),
            ("RoleSessionName", "run"),
            ("Policy", &policy.to_string()),
        ];
        let answer = ask(&sts, &credentials_of("user"), call("AssumeRole", &parameters)).await;
        if is_taken {
            assert_eq!(said(&answer), "200", "{condition}");
            let used = ask(&sts, &answer.credentials(), key.clone()).await;
            assert_eq!(
                said(&used),
                "403 AccessDenied: User: arn:aws:sts::111122223333:assumed-role/role/run is not authorized to perform: sts:GetAccessKeyInfo because no session policy allows the sts:GetAccessKeyInfo action",
                "{condition}"
            );
        } else {
            assert_eq!(answer.text("Code"), "MalformedPolicyDocument", "{condition}");
        }
    }
}
