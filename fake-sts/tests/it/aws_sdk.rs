//! The fake as the network of the AWS SDK.

use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::error::{DisplayErrorContext, ProvideErrorMetadata as _, SdkError};
use aws_types::SdkConfig;
use fake_sts::FakeSts;
use fake_sts::fault::{Ending, Fault, Point};
use fake_sts::switches::{Regions, Switches};
use fake_sts::world::{Account, User, World};
use serde_json::json;

use crate::client::{ALICE_ARN, BOB};

fn in_memory() -> FakeSts {
    FakeSts::builder().without_socket().unwrap()
}

async fn caller(config: &SdkConfig) -> String {
    let answer = Client::new(config).get_caller_identity().send().await.unwrap();
    answer.arn().unwrap().to_owned()
}

#[tokio::test]
async fn a_client_calls_without_a_socket_as_the_first_user_or_another() {
    let sts = in_memory();

    let first = caller(&sts.sdk_config()).await;
    let named = caller(&sts.sdk_config_of("bob").unwrap()).await;
    let by_arn = caller(&sts.sdk_config_of("arn:aws:iam::111122223333:user/bob").unwrap()).await;

    assert_eq!(first, ALICE_ARN);
    assert_eq!(
        (named.as_str(), by_arn.as_str()),
        ("arn:aws:iam::111122223333:user/bob", named.as_str())
    );
    assert_eq!(sts.journal().calls()[1].access_key_id.as_deref(), Some(BOB.0));
}

#[tokio::test]
async fn a_user_who_cannot_sign_is_told() {
    let idle = Account::new("111122223333").user(User::new("idle"));
    let sts = FakeSts::builder().account(idle).without_socket().unwrap();

    let error = sts.sdk_config_of("idle").unwrap_err();

    assert_eq!(
        error.to_string(),
        "there is no user idle with an active access key; give the name or the ARN of one who has"
    );
}

#[tokio::test]
async fn a_configuration_without_a_key_says_so_where_a_signature_is_wanted_and_only_there() {
    let world = World::standard().patched(&json!({"accounts": {"111122223333": {
        "users": {"alice": null, "bob": null}
    }}}));
    let sts = FakeSts::builder().world(world.unwrap()).without_socket().unwrap();
    let client = Client::new(&sts.sdk_config());

    let error = client.get_caller_identity().send().await.unwrap_err();
    let unsigned = client.assume_role_with_web_identity();
    let role = unsigned.role_arn("arn:aws:iam::111122223333:role/web").role_session_name("run");
    let answer = role.web_identity_token(sts.issuer().token().mint()).send().await;

    let told = DisplayErrorContext(&error).to_string();
    assert!(told.contains("no user of this fake's world has an active access key"), "{told}");
    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn a_configuration_signs_for_the_region_that_the_fake_takes() {
    let mut switches = Switches::default();
    switches.regions = Regions::Only("eu-west-1".to_owned());
    let sts = FakeSts::builder().switches(switches).without_socket().unwrap();

    assert_eq!(caller(&sts.sdk_config()).await, ALICE_ARN);
}

#[tokio::test]
async fn clients_follow_the_virtual_clock_to_whatever_time() {
    let sts = in_memory();
    let config = sts.sdk_config();
    let role = "arn:aws:iam::111122223333:role/plain";
    let assume = Client::new(&config).assume_role().role_arn(role).role_session_name("run");
    let issued = assume.send().await.unwrap().credentials.unwrap();
    let session = aws_credential_types::Credentials::new(
        issued.access_key_id(),
        issued.secret_access_key(),
        Some(issued.session_token().to_owned()),
        None,
        "test",
    );
    let session = aws_credential_types::provider::SharedCredentialsProvider::new(session);
    let as_role = config.clone().into_builder().credentials_provider(session).build();
    assert_eq!(caller(&as_role).await, "arn:aws:sts::111122223333:assumed-role/plain/run");

    sts.clock().advance(Duration::from_secs(10 * 365 * 24 * 3600));

    assert_eq!(caller(&config).await, ALICE_ARN);
    let expired = Client::new(&as_role).get_caller_identity().send().await.unwrap_err();
    assert_eq!(expired.code(), Some("ExpiredToken"));
    sts.clock().reset();
    assert_eq!(caller(&as_role).await, "arn:aws:sts::111122223333:assumed-role/plain/run");
}

#[tokio::test]
async fn unsigned_calls_need_no_user() {
    let sts = in_memory();
    let mut nobody = sts.sdk_config().into_builder();
    nobody.set_credentials_provider(None);

    let answer = Client::new(&nobody.build())
        .assume_role_with_web_identity()
        .role_arn("arn:aws:iam::111122223333:role/web")
        .role_session_name("run")
        .web_identity_token(sts.issuer().token().mint())
        .send()
        .await
        .unwrap();

    assert!(answer.credentials().is_some());
}

fn one_attempt(sts: &FakeSts) -> Client {
    Client::new(&sts.sdk_config().into_builder().retry_config(RetryConfig::disabled()).build())
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "it is real time that must not pass")]
async fn a_delay_takes_no_real_time_and_all_of_the_paused_one() {
    let sts = in_memory();
    let _late = sts.inject(Fault::delay(Duration::from_secs(3)));
    let (began, really_began) = (tokio::time::Instant::now(), std::time::Instant::now());

    assert_eq!(caller(&sts.sdk_config()).await, ALICE_ARN);

    assert_eq!(began.elapsed(), Duration::from_secs(3));
    assert!(really_began.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn throttled_calls_are_repeated_as_the_sdk_repeats_them() {
    let sts = in_memory();
    let throttling = sts.inject(Fault::error("Throttling").times(2));

    assert_eq!(caller(&sts.sdk_config()).await, ALICE_ARN);

    assert_eq!((throttling.hits(), sts.journal().total()), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_limit_on_reading_counts_and_is_a_timeout_of_the_connector() {
    let sts = in_memory();
    let _silent = sts.inject(Fault::hang());
    let limits = TimeoutConfig::builder().read_timeout(Duration::from_secs(60)).build();
    let config = sts.sdk_config().into_builder().timeout_config(limits);
    let client = Client::new(&config.retry_config(RetryConfig::disabled()).build());

    let began = tokio::time::Instant::now();
    let error = client.get_caller_identity().send().await.unwrap_err();

    assert_eq!(began.elapsed(), Duration::from_secs(60));
    let SdkError::DispatchFailure(failure) = error else { panic!("{error:?}") };
    assert!(failure.is_timeout(), "{failure:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_ends_without_an_answer_is_an_error_of_the_connector_and_is_repeated() {
    for (ending, is_io) in [(Ending::Reset, true), (Ending::Close, false)] {
        let sts = in_memory();
        let ends = || Fault::disconnect(ending, Point::BeforeAnswer).times(1);

        let _once = sts.inject(ends());
        let error = one_attempt(&sts).get_caller_identity().send().await.unwrap_err();
        let _again = sts.inject(ends());
        assert_eq!(caller(&sts.sdk_config()).await, ALICE_ARN);

        let SdkError::DispatchFailure(failure) = error else { panic!("{error:?}") };
        assert_eq!((failure.is_io(), failure.is_other()), (is_io, !is_io), "{failure:?}");
        assert_eq!(sts.journal().total(), 3);
    }
}

/// What a client of the SDK gets to know of an answer.
async fn seen(config: SdkConfig) -> String {
    let once = config.into_builder().retry_config(RetryConfig::disabled()).build();
    match Client::new(&once).get_caller_identity().send().await {
        Ok(answer) => format!("{:?}, {:?}", answer.arn(), answer.account()),
        Err(SdkError::ServiceError(error)) => {
            format!("{}: {:?}", error.raw().status().as_u16(), error.err().code())
        }
        Err(SdkError::DispatchFailure(error)) => {
            format!("dispatch, io: {}, kind: {:?}", error.is_io(), error.as_other())
        }
        Err(SdkError::ResponseError(_)) => "response".to_owned(),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn whatever_goes_wrong_looks_the_same_as_over_a_socket() {
    let faults = [
        (Fault::error("Throttling"), "400: Some(\"Throttling\")"),
        (Fault::page(503), "503: None"),
        (Fault::reset(), "dispatch, io: true, kind: None"),
        (
            Fault::disconnect(Ending::Close, Point::BeforeAnswer),
            "dispatch, io: false, kind: Some(TransientError)",
        ),
        (Fault::truncated(), "response"),
        (Fault::disconnect(Ending::Reset, Point::MidAnswer), "response"),
        (
            Fault::disconnect(Ending::Reset, Point::AfterAnswer),
            r#"Some("arn:aws:iam::111122223333:user/alice"), Some("111122223333")"#,
        ),
        (Fault::missing_member("Arn"), r#"None, Some("111122223333")"#),
    ];
    for (fault, wanted) in faults {
        assert_eq!(seen_without_and_with_a_socket(fault).await, [wanted; 2]);
    }
}

#[tokio::test]
async fn as_much_of_an_answer_is_seen_as_over_a_socket() {
    // What the SDK makes of half an answer depends on where it is cut.
    for fault in [Fault::malformed(), Fault::wrong_content_length(-200)] {
        let [without, with] = seen_without_and_with_a_socket(fault).await;

        assert_eq!(without, with);
    }
}

async fn seen_without_and_with_a_socket(fault: Fault) -> [String; 2] {
    let sts = FakeSts::start().await;
    let struck = sts.inject(fault);
    let socket = aws_smithy_http_client::Builder::new().build_http();
    let over_a_socket = sts.sdk_config().into_builder().http_client(socket).build();

    let outcomes = [seen(sts.sdk_config()).await, seen(over_a_socket).await];

    assert_eq!(struck.hits(), 2);
    outcomes
}

#[tokio::test]
async fn a_configuration_outlives_its_fake() {
    let sts = FakeSts::builder().world(World::standard()).without_socket().unwrap();
    let config = sts.sdk_config();

    drop(sts);

    assert_eq!(caller(&config).await, ALICE_ARN);
}
