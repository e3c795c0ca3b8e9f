use stscreds_core::ErrorKind;
use stscreds_provider::CallerIdentityClient;

use crate::stage::{PLAIN, Stage};

#[tokio::test]
async fn a_user_is_told_account_arn_and_id() {
    let stage = Stage::set().await;

    let identity = stage.sts().caller_identity().await.unwrap();

    assert_eq!(identity.account(), "111122223333");
    assert_eq!(identity.arn(), "arn:aws:iam::111122223333:user/alice");
    assert!(identity.user_id().starts_with("AIDA"), "{identity:?}");
    assert!(identity.require_account("111122223333").is_ok());
}

#[tokio::test]
async fn a_provider_is_checked_by_a_client_that_it_signs_for() {
    let stage = Stage::set().await;
    let role = stage.assume(PLAIN).session_name("at-start-up".parse().unwrap()).build();

    let sts = stage.signed_by(role);
    let identity = sts.caller_identity().await.unwrap();

    assert_eq!(identity.arn(), "arn:aws:sts::444455556666:assumed-role/plain/at-start-up");
    assert!(identity.user_id().ends_with(":at-start-up"), "{identity:?}");
    let wrong = identity.require_account("111122223333").unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::InvalidConfiguration);
}
