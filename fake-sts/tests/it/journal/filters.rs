//! Which calls a filter finds, and what the journal has of them.

use fake_sts::FakeSts;
use fake_sts::action::Operation;
use fake_sts::journal::{Filter, Secrets};
use fake_sts::wire::{ErrorCode, Value};

use super::{external, frozen};
use crate::client::{ALICE, ALICE_ARN, ALICE_MFA, BOB, ask, call, get, keys, send};

const EXTERNAL: &str = "arn:aws:iam::111122223333:role/external";

#[track_caller]
fn check(sts: &FakeSts, filter: Filter, wanted: &[u64]) {
    let calls = sts.journal().calls_where(filter.clone()).unwrap();
    let found = calls.iter().map(|call| call.sequence).collect::<Vec<_>>();
    assert_eq!(found, wanted, "{filter}");
}

#[tokio::test]
async fn each_condition_of_a_filter_counts() {
    let sts = frozen().await;
    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    ask(&sts, &keys(ALICE), external("fake-sts-external-id")).await;
    ask(&sts, &keys(ALICE), external("another")).await;
    ask(&sts, &keys(BOB), external("fake-sts-external-id")).await;
    send(&sts, get("", &[]).target("/favicon.ico").unsigned(&sts)).await;

    let new = Filter::new;
    check(&sts, new(), &[1, 2, 3, 4, 5]);
    check(&sts, new().operation("GetCallerIdentity"), &[1]);
    check(&sts, new().operation(Operation::AssumeRole), &[2, 3, 4]);
    check(&sts, new().role(EXTERNAL), &[2, 3, 4]);
    check(&sts, new().role("arn:aws:iam::*:role/ext*"), &[2, 3, 4]);
    check(&sts, new().role("arn:aws:iam::111122223333:role/other"), &[]);
    check(&sts, new().caller(ALICE_ARN), &[1, 2, 3]);
    check(&sts, new().caller("arn:aws:iam::111122223333:user/*"), &[1, 2, 3, 4]);
    check(&sts, new().access_key(BOB.0), &[4]);
    check(&sts, new().parameter("ExternalId", "another"), &[3]);
    check(&sts, new().code("AccessDenied"), &[3, 4]);
    check(&sts, new().code(ErrorCode::AccessDenied).caller(ALICE_ARN), &[3]);
    check(&sts, new().answered(), &[1, 2]);
    check(&sts, new().refused(), &[3, 4]);
    check(&sts, new().outcome(fake_sts::journal::OutcomeKind::TurnedAway), &[5]);
    check(&sts, new().since(3), &[4, 5]);
    check(&sts, new().operation("AssumeRole").operation("GetCallerIdentity"), &[1]);
}

#[tokio::test]
async fn a_filter_that_nothing_can_match_is_an_error_and_not_an_empty_list() {
    let sts = frozen().await;

    let refused = sts.journal().calls_where(Filter::new().operation("AsumeRole"));

    assert_eq!(
        refused.unwrap_err().to_string(),
        "STS has no operation `AsumeRole`; did you mean AssumeRole?"
    );
}

#[tokio::test]
async fn a_parameter_that_an_operation_does_not_take_is_refused() {
    let sts = frozen().await;
    let refused = |filter: Filter| sts.journal().calls_where(filter).unwrap_err().to_string();

    assert_eq!(
        refused(Filter::new().parameter("RoleSessionNam", "me")),
        "no operation of STS takes a parameter `RoleSessionNam`; did you mean RoleSessionName?"
    );
    assert_eq!(
        refused(Filter::new().operation("AssumeRole").parameter("Name", "me")),
        "no call to AssumeRole is also one with Name me; leave one of them out"
    );
    let tagged = Filter::new().operation("AssumeRole").parameter("Tags.member.1.Key", "team");
    assert!(sts.journal().calls_where(tagged).unwrap().is_empty());
    let sized = Filter::new().operation("AssumeRole").parameter("MinimumSessionTokenSize", "1");
    assert!(sts.journal().calls_where(sized).unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_is_kept_without_its_secrets() {
    let sts = frozen().await;
    ask(&sts, &keys(ALICE), external("fake-sts-external-id")).await;

    let answer = sts.journal().calls()[0].answer.clone().unwrap();

    let Value::Structure(credentials) = &answer.members()[1].1 else { panic!("{answer:?}") };
    let redacted = Value::Text("** redacted **".to_owned());
    assert!(
        matches!(&credentials.members()[0], ("AccessKeyId", Value::Text(id)) if id.starts_with("ASIA"))
    );
    assert_eq!(credentials.members()[1], ("SecretAccessKey", redacted.clone()));
    assert_eq!(credentials.members()[2], ("SessionToken", redacted));
    assert!(matches!(credentials.members()[3], ("Expiration", Value::Time(_))));
}

#[tokio::test]
async fn secrets_are_in_the_journal_of_a_fake_that_was_built_so() {
    let sts = FakeSts::builder().journal_secrets(Secrets::Shown).start().await.unwrap();
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let mfa = [("SerialNumber", ALICE_MFA), ("TokenCode", code.as_str())];
    let session = ask(&sts, &keys(ALICE), call("GetSessionToken", &mfa)).await.credentials();

    let found = sts.journal().calls_where(Filter::new().parameter("TokenCode", &code)).unwrap();

    assert_eq!(found[0].parameter("TokenCode"), Some(code.as_str()));
    let shown = format!("{:?}", found[0].answer);
    assert!(shown.contains(session.secret_access_key()));
    assert!(shown.contains(session.session_token().unwrap()));
}
