//! The fake as the network of the AWS SDK.

use std::time::Duration;

use aws_sdk_sts::{Client, error::ProvideErrorMetadata as _};
use aws_types::SdkConfig;
use fake_sts::{
    FakeSts,
    switches::{Regions, Switches},
    world::{Account, User, World},
};

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
    assert!(sts.sdk_config().credentials_provider().is_none());
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

#[tokio::test]
async fn a_configuration_outlives_its_fake() {
    let sts = FakeSts::builder().world(World::standard()).without_socket().unwrap();
    let config = sts.sdk_config();

    drop(sts);

    assert_eq!(caller(&config).await, ALICE_ARN);
}
