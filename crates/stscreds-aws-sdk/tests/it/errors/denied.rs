//! What STS refuses to a caller whom it knows.

use aws_sdk_sts::config::Credentials as SdkCredentials;
use std::time::Duration;
use stscreds_aws_sdk::StsClient;
use stscreds_core::CredentialsProvider;
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, SessionDuration, SessionTag, SessionTags,
    SessionTokenProvider, StsFault,
};
use stscreds_token::MfaCode;

use super::{refused, told};
use crate::stage::{BOBS_KEY_ID, DEVICE, GUARDED, NEXT, PARTNER, PLAIN, SECRET, Stage};

fn signed_with(stage: &Stage, key_id: &str, secret: &str) -> AssumeRoleProviderBuilder {
    let keys = SdkCredentials::new(key_id, secret, None, None, "test");
    let sts = StsClient::new(&stage.sdk_config_of(keys));
    AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap())
}

#[tokio::test]
async fn doors_that_stay_shut_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let nowhere = stage.assume("arn:aws:iam::444455556666:role/nowhere");
    let wrong_id = stage.assume(PARTNER).external_id("planted-8".parse().unwrap());

    told("the role does not exist", &refused(nowhere.build()).await);
    told("the role does not trust the caller", &refused(stage.assume(NEXT).build()).await);
    told("the external id is wrong or missing", &refused(wrong_id.build()).await);
    told("the external id is wrong or missing", &refused(stage.assume(PARTNER).build()).await);
    told("the role wants MFA and none was sent", &refused(stage.assume(GUARDED).build()).await);
    let of_bob = signed_with(&stage, BOBS_KEY_ID, SECRET).build();
    told("the caller may not make the call", &refused(of_bob).await);

    assert_eq!(stage.call_count(), 6, "a denial is not tried again");
}

#[tokio::test]
async fn a_session_that_asks_for_a_session_is_told_as_the_page_says() {
    let stage = Stage::set().await;
    let role = stage.assume(PLAIN).build();
    let sts = StsClient::signed_by(&stage.sdk_config(), role);

    let error = refused(SessionTokenProvider::builder(sts).build()).await;

    told("temporary credentials ask for a session of a user", &error);
}

#[tokio::test]
async fn codes_that_are_not_accepted_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let with_code = |device: &str| {
        let code = stage.mfa_codes();
        let codes = move |_| std::future::ready(code());
        stage.assume(GUARDED).mfa(device.parse().unwrap(), codes).build()
    };
    let wrong =
        stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), async |_| MfaCode::parse("000000"));

    told("the MFA code is wrong", &refused(wrong.build()).await);
    with_code(DEVICE).credentials().await.unwrap();
    told("the MFA code was used before", &refused(with_code(DEVICE)).await);
    let of_bob = with_code("arn:aws:iam::111122223333:mfa/bob");
    told("the MFA device is not the caller's", &refused(of_bob).await);
}

/// No provider of ours can send half of an answer: serial and codes are one setting.
#[test]
fn half_of_an_mfa_answer_is_told_as_the_page_says() {
    let mut fault = StsFault::new("AccessDenied");
    fault.message = Some(
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
            .into(),
    );

    let error = fault.into_error("AssumeRole").with_role_arn(GUARDED);

    told("a client of one's own sends half of an MFA answer", &error);
}

#[tokio::test]
async fn durations_that_are_too_long_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let of = |seconds| SessionDuration::try_from(Duration::from_secs(seconds)).unwrap();
    let sts = StsClient::signed_by(&stage.sdk_config(), stage.assume(PLAIN).build());

    let of_the_role = refused(stage.assume(PLAIN).duration(of(7201)).build()).await;
    let chained = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).duration(of(3601));
    let of_chaining = refused(chained.build()).await;

    told("the duration exceeds the maximum of the role", &of_the_role);
    told("the duration exceeds the hour of role chaining", &of_chaining);
    assert!(of_chaining.to_string().contains("the 1 hour session limit for roles"));
    assert!(of_chaining.to_string().ends_with("with role chaining at most 1 hour"));
}

#[tokio::test]
async fn parameters_that_only_sts_can_judge_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let odd = SessionTags::new([SessionTag::new("team", "blue*green").unwrap()]).unwrap();
    let large =
        (0..50).map(|n| SessionTag::new(format!("{n}{}", "k".repeat(120)), "v".repeat(256)));
    let large = SessionTags::new(large.map(Result::unwrap)).unwrap();
    let no_policy = stage.assume(PLAIN).policy(r#"{"Statement": "planted"}"#.parse().unwrap());

    let odd = refused(stage.assume(PLAIN).tags(odd).build()).await;
    let large = refused(stage.assume(PLAIN).tags(large).build()).await;

    told("STS refuses a parameter that only STS can judge", &odd);
    told("session policies and tags are too large together", &large);
    told("the session policy is no policy", &refused(no_policy.build()).await);
}

#[tokio::test]
async fn signatures_that_are_not_accepted_are_told_as_the_page_says() {
    let stage = Stage::set().await;
    let strange = signed_with(&stage, "AKIANOBODYKNOWSTHIS0", "planted-secret");
    let forged = signed_with(&stage, BOBS_KEY_ID, "planted-other-secret");
    let session = stage.assume(PLAIN).build().credentials().await.unwrap();
    let sts = StsClient::signed_by(&stage.sdk_config(), session);

    told("AWS does not know the access key that signs", &refused(strange.build()).await);
    told("the secret access key that signs is wrong", &refused(forged.build()).await);
    stage.advance(900);
    let late = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).build();
    told("the credentials that sign have expired", &refused(late).await);
}
