//! Faults that can never strike are refused at once, with what to do about it.

use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::fault::{Effect, Ending, Fault, Moment, Point};

use super::is_healthy;

#[track_caller]
fn check(sts: &FakeSts, fault: Fault, wanted: &str) {
    let shown = format!("{fault:?}");
    match sts.try_inject(fault) {
        Ok(_) => panic!("injected: {shown}"),
        Err(error) => assert_eq!(error.to_string().replace('"', "'"), wanted, "{shown}"),
    }
    assert_eq!(sts.faults().list(), [], "{shown}");
}

fn any() -> Fault {
    Fault::error("Throttling")
}

#[tokio::test]
async fn what_is_unknown_is_refused_with_what_there_is() {
    let sts = FakeSts::start().await;

    check(
        &sts,
        any().on("AssumeRoel"),
        "there is no operation 'AssumeRoel'; there are AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity, AssumeRoot, \
         DecodeAuthorizationMessage, GetAccessKeyInfo, GetCallerIdentity, GetDelegatedAccessToken, GetFederationToken, \
         GetScopedCredentials, GetSessionToken, GetWebIdentityToken; did you mean AssumeRole?",
    );
    let code = sts.try_inject(Fault::error("Throtling")).unwrap_err().to_string();
    assert!(
        code.starts_with("there is no error code \"Throtling\"; there are AccessDenied, "),
        "{code}"
    );
    assert!(code.ends_with("; did you mean Throttling?"), "{code}");
    check(
        &sts,
        Fault::missing_member("sessiontoken"),
        "no operation answers with a member 'sessiontoken'; members are named as in SessionToken, Expiration, Arn; did you mean SessionToken?",
    );
    is_healthy(&sts).await;
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused_with_the_bounds() {
    let sts = FakeSts::start().await;
    let year = Duration::from_secs(365 * 86_400);

    check(&sts, any().probability(0.0), "probability is 0, but must be above 0 and at most 1");
    check(&sts, any().probability(1.01), "probability is 1.01, but must be above 0 and at most 1");
    check(
        &sts,
        any().probability(f64::NAN),
        "probability is NaN, but must be above 0 and at most 1",
    );
    check(&sts, any().nth(0), "nth is 0, but must be at least 1");
    check(&sts, any().first(0), "first is 0, but must be at least 1");
    check(&sts, any().every(0), "every is 0, but must be at least 1");
    check(&sts, any().times(0), "times is 0, but must be at least 1");
    check(&sts, any().lasting(Duration::ZERO), "for is 0 seconds, but must be longer than nothing");
    check(&sts, Fault::page(199), "status is 199, but must be from 200 to 599");
    check(&sts, Fault::page(600), "status is 600, but must be from 200 to 599");
    check(&sts, Fault::answer(500, "a\nb", ""), r"content_type is a\nb, but must be visible ASCII");
    check(&sts, Fault::throttle(0.0, 1), "per_second is 0, but must be from 0.000001 to 1000000");
    check(
        &sts,
        Fault::throttle(f64::INFINITY, 1),
        "per_second is inf, but must be from 0.000001 to 1000000",
    );
    check(&sts, Fault::throttle(1.0, 0), "burst is 0, but must be at least 1");
    check(&sts, Fault::delay(Duration::ZERO), "by is 0, but must be longer than nothing");
    check(&sts, Fault::delay(year), "by is 31536000s, but must be at most a day");
    check(
        &sts,
        Fault::delay_between(Duration::ZERO, year),
        "up_to is 31536000s, but must be at most a day",
    );
    check(&sts, Fault::wrong_content_length(0), "off_by is 0, but must be something else");
    check(
        &sts,
        Fault::wrong_content_length(i64::MIN),
        "off_by is -9223372036854775808, but must be within 1000000 either way",
    );
    check(&sts, Fault::wrong_date(0), "off_by is 0, but must be something else");
    check(
        &sts,
        Fault::wrong_date(i64::MAX),
        "off_by is 9223372036854775807, but must be within ten years either way",
    );
    check(
        &sts,
        Fault::new(Effect::ExpiredCredentials { ago: 11 * year }),
        "ago is 346896000s, but must be at most ten years",
    );
    check(&sts, any().role(""), "role is , but must be a role ARN or the name of a role");
    check(
        &sts,
        any().caller("alice"),
        "caller is alice, but must be an ARN, as GetCallerIdentity tells it",
    );
    check(
        &sts,
        any().access_key("a key"),
        "access_key is a key, but must be an access key id, of 16 to 128 letters and digits",
    );
    check(
        &sts,
        any().access_key("AKIA"),
        "access_key is AKIA, but must be an access key id, of 16 to 128 letters and digits",
    );
    is_healthy(&sts).await;
}

#[tokio::test]
async fn what_does_not_go_together_is_refused() {
    let sts = FakeSts::start().await;
    let web = "AssumeRoleWithWebIdentity";
    let arn = "arn:aws:iam::111122223333:user/alice";

    check(
        &sts,
        any().first(3).after(3),
        "first 3 does not go together with after 3: no call is left",
    );
    check(
        &sts,
        any().first(5).after(3).every(3),
        "every 3 does not go together with first 5 after 3: no call is left",
    );
    check(
        &sts,
        any().nth(3).every(3),
        "nth 3 does not go together with every 3: nth already is one call",
    );
    check(
        &sts,
        any().role("plain").on("GetCallerIdentity"),
        "role does not go together with GetCallerIdentity: it takes no RoleArn",
    );
    check(
        &sts,
        any().caller(arn).on(web),
        "caller does not go together with AssumeRoleWithWebIdentity: it is not signed",
    );
    check(
        &sts,
        any().access_key("AKIA").on(web),
        "access_key does not go together with AssumeRoleWithWebIdentity: it is not signed",
    );
    check(
        &sts,
        Fault::unreachable_issuer().on("AssumeRole"),
        "the effect 'issuer unreachable' does not go together with AssumeRole: it takes no identity token",
    );
    check(
        &sts,
        Fault::expired_credentials().on("GetCallerIdentity"),
        "the effect 'credentials expired 1s ago' does not go together with GetCallerIdentity: its answers have no such thing",
    );
    check(
        &sts,
        Fault::throttle(1.0, 1).after_operation(),
        "the effect 'throttled to 1 per second, 1 at once' does not go together with the moment after-operation: it keeps calls from STS",
    );
    let seconds = Duration::from_secs;
    check(
        &sts,
        Fault::delay_between(seconds(2), seconds(1)),
        "a delay by 2s does not go together with up_to 1s: it must be longer",
    );
    is_healthy(&sts).await;
}

#[tokio::test]
async fn one_fault_too_many_is_refused() {
    let sts = FakeSts::start().await;
    for _ in 0..1024 {
        sts.inject(any().on("AssumeRoot")).keep();
    }

    let error = sts.try_inject(any()).unwrap_err();

    assert_eq!(error.to_string(), "there are 1024 faults already; remove some of them");
    sts.faults().clear();
    is_healthy(&sts).await;
    assert_eq!(sts.inject(any()).id().number(), 1025);
}

#[tokio::test]
#[should_panic(expected = "this fault cannot be injected: nth is 0, but must be at least 1")]
async fn inject_panics_with_the_reason() {
    let sts = FakeSts::start().await;

    drop(sts.inject(any().nth(0)));
}

#[tokio::test]
async fn what_strikes_answers_cannot_strike_before_them() {
    let sts = FakeSts::start().await;
    let json =
        |effect: Effect| serde_json::json!({"effect": effect, "moment": Moment::BeforeOperation});
    for effect in [
        Effect::Malformed,
        Effect::Delay { by: Duration::from_secs(1), up_to: None },
        Effect::Disconnect { how: Ending::Close, at: Point::MidAnswer },
        Effect::MissingMember("Arn".to_owned()),
    ] {
        let fault = serde_json::from_value::<Fault>(json(effect)).unwrap();

        let error = sts.try_inject(fault).unwrap_err().to_string();

        assert!(error.contains("does not go together with the moment before-operation"), "{error}");
    }
}
