//! Answers that are wrong, though the connection is fine.

use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::fault::{Fault, FaultError};
use fake_sts::switches::{Switches, UnreachableIssuer};

use super::{PLAIN, assume, frozen, is_healthy, whoami};
use crate::client::{ALICE, Answer, Call, ask, call, keys, send};

const ROLE_WEB: &str = "arn:aws:iam::111122223333:role/web";

/// The one answer that the fault struck; the fake is healthy after it.
async fn struck(sts: &FakeSts, fault: Fault, call: Call) -> Answer {
    let guard = sts.inject(fault);
    let answer = ask(sts, &keys(ALICE), call).await;
    assert_eq!(guard.hits(), 1);
    drop(guard);
    is_healthy(sts).await;
    answer
}

#[tokio::test]
async fn an_error_has_the_status_and_message_of_its_code_and_is_marked() {
    let sts = frozen().await;
    let guard = sts.inject(Fault::error("Throttling").on("AssumeRole").times(2).named("busy"));

    let first = ask(&sts, &keys(ALICE), assume(PLAIN)).await;
    let other = ask(&sts, &keys(ALICE), whoami()).await;
    let second = ask(&sts, &keys(ALICE), assume(PLAIN)).await;
    let third = ask(&sts, &keys(ALICE), assume(PLAIN)).await;

    assert_eq!(first.error(), "400 Throttling: Rate exceeded");
    assert_eq!(second.error(), "400 Throttling: Rate exceeded");
    assert_eq!((other.status, third.status, guard.hits()), (200, 200, 2));
    let calls = sts.journal().calls();
    let struck = calls.iter().map(|call| call.faults.len()).collect::<Vec<_>>();
    assert_eq!(struck, [1, 0, 1, 0]);
    let line = "#1 2026-07-13T10:00:00Z AssumeRole arn:aws:iam::111122223333:role/plain by arn:aws:iam::111122223333:user/alice: \
                400 Throttling: Rate exceeded [injected fault 1 \"busy\": Throttling, before the operation]";
    assert_eq!(calls[0].to_string(), line);
    assert_eq!(
        calls[0].explanation(),
        format!("{line}\n  injected fault 1 \"busy\": Throttling, before the operation")
    );
}

#[tokio::test]
async fn every_code_can_be_injected_with_its_status() {
    let sts = frozen().await;
    for code in fake_sts::wire::ErrorCode::ALL {
        let answer = struck(&sts, Fault::error(code), whoami()).await;

        assert_eq!((answer.status, answer.text("Code")), (code.status(), code.as_str()));
    }
}

#[tokio::test]
async fn errors_come_in_json_too_and_with_words_of_ones_own() {
    let sts = frozen().await;
    let fault = || Fault::error_with_message("ServiceUnavailable", "Come back \"later\"");

    let xml = struck(&sts, fault(), whoami()).await;
    let json = struck(&sts, fault(), whoami().header("accept", "application/json")).await;

    assert_eq!(xml.error(), "503 ServiceUnavailable: Come back \"later\"");
    assert_eq!(xml.text("Type"), "Receiver");
    let json = serde_json::from_str::<serde_json::Value>(&json.body).unwrap();
    assert_eq!(json["Error"]["Message"], "Come back \"later\"");
}

#[tokio::test]
async fn a_denial_names_who_wanted_what() {
    let sts = frozen().await;

    let denied = struck(&sts, Fault::error("AccessDenied"), assume(PLAIN)).await;

    assert_eq!(
        denied.error(),
        "403 AccessDenied: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::111122223333:role/plain"
    );
}

#[tokio::test]
async fn a_fault_strikes_before_the_signature_is_judged() {
    let sts = frozen().await;
    let _fault = sts.inject(Fault::error("InternalFailure"));

    let answer = ask(&sts, &keys((ALICE.0, "wrong")), whoami()).await;

    assert_eq!(answer.status, 500);
}

#[tokio::test]
async fn a_load_balancer_apologizes_in_html_and_without_a_request_id() {
    let sts = frozen().await;

    let page = struck(&sts, Fault::page(503), whoami()).await;
    let missing = struck(&sts, Fault::page(404), whoami()).await;
    let own = struck(&sts, Fault::answer(429, "text/plain", "slow down"), whoami()).await;

    assert_eq!((page.status, page.header("content-type")), (503, "text/html"));
    assert_eq!(
        page.body,
        "<html><head><title>Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>\n"
    );
    assert!(missing.body.contains("<h1>Not Found</h1>"), "{}", missing.body);
    assert_eq!(page.header("x-amzn-requestid"), "");
    assert_eq!((own.status, own.body.as_str()), (429, "slow down"));
}

#[tokio::test]
async fn a_malformed_answer_lacks_a_character_at_its_beginning() {
    let sts = frozen().await;

    let xml = struck(&sts, Fault::malformed(), whoami()).await;
    let json =
        struck(&sts, Fault::malformed(), whoami().header("accept", "application/json")).await;

    assert_eq!((xml.status, json.status), (200, 200));
    assert_eq!(
        xml.body.lines().next(),
        Some("<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"")
    );
    assert!(json.body.starts_with("{\"GetCallerIdentityResponse\"{"), "{}", json.body);
}

#[tokio::test]
async fn a_wrong_date_is_that_of_every_answer_and_of_nothing_else() {
    let sts = frozen().await;

    let answer = struck(&sts, Fault::wrong_date(-3600), whoami()).await;
    let both = sts.inject(Fault::error("Throttling"));
    let error = struck(&sts, Fault::wrong_date(60), whoami().region("eu-west-1"));
    // The error decides, the date adds to it.
    let guard = sts.inject(Fault::wrong_date(60));
    drop(error);
    let error = ask(&sts, &keys(ALICE), whoami()).await;
    drop((both, guard));

    assert_eq!(answer.header("date"), "Mon, 13 Jul 2026 09:00:00 GMT");
    assert_eq!((error.status, error.header("date")), (400, "Mon, 13 Jul 2026 10:01:00 GMT"));
    assert_eq!(sts.journal().calls().last().unwrap().faults.len(), 2);
}

#[tokio::test]
async fn a_date_stays_within_what_http_can_say() {
    let sts = frozen().await;
    sts.clock().set(SystemTime::UNIX_EPOCH + Duration::from_secs(5)).unwrap();

    let answer = struck(&sts, Fault::wrong_date(-3600), whoami()).await;

    assert_eq!(answer.header("date"), "Thu, 01 Jan 1970 00:00:00 GMT");
}

#[tokio::test]
async fn a_missing_member_is_missing_alone_wherever_it_stands() {
    let sts = frozen().await;

    let token = struck(&sts, Fault::missing_member("SessionToken"), assume(PLAIN)).await;
    let all = struck(&sts, Fault::missing_member("Credentials"), assume(PLAIN)).await;

    assert_eq!((token.find("SessionToken"), token.find("Expiration").is_some()), (None, true));
    assert_eq!((all.find("AccessKeyId"), all.find("AssumedRoleId").is_some()), (None, true));
}

#[tokio::test]
async fn a_fault_without_anything_to_spoil_misses_and_keeps_its_times() {
    let sts = frozen().await;
    let member = sts.inject(Fault::missing_member("SessionToken").times(1));
    let expired = sts.inject(Fault::expired_credentials().times(1));

    let denied = ask(&sts, &keys(ALICE), assume("arn:aws:iam::111122223333:role/none")).await;
    let hits = (member.hits(), expired.hits());
    let good = ask(&sts, &keys(ALICE), assume(PLAIN)).await;

    assert_eq!((denied.status, hits), (403, (0, 0)));
    assert_eq!(
        (good.status, good.find("SessionToken"), member.hits(), expired.hits()),
        (200, None, 1, 0)
    );
    let calls = sts.journal().calls();
    assert_eq!((calls[0].faults.len(), calls[1].faults.len()), (0, 1));
}

#[tokio::test]
async fn expired_credentials_are_expired_for_sts_as_well() {
    let sts = frozen().await;
    let issued = struck(&sts, Fault::expired_credentials(), assume(PLAIN)).await;

    let used = ask(&sts, &issued.credentials(), whoami()).await;

    assert_eq!(issued.text("Expiration"), "2026-07-13T09:59:59Z");
    assert_eq!(
        used.error(),
        "403 ExpiredToken: The security token included in the request is expired"
    );
}

#[tokio::test]
async fn an_issuer_out_of_reach_is_told_as_the_switch_says() {
    for (switch, wanted) in [
        (UnreachableIssuer::InvalidIdentityToken, "InvalidIdentityToken"),
        (UnreachableIssuer::IdpCommunicationError, "IDPCommunicationError"),
    ] {
        let mut switches = Switches::default();
        switches.unreachable_issuer = switch;
        let sts = FakeSts::builder().switches(switches).start().await.unwrap();
        let token = sts.issuer().token().mint();
        let web = || {
            let parameters = [
                ("RoleArn", ROLE_WEB),
                ("RoleSessionName", "run"),
                ("WebIdentityToken", token.as_str()),
            ];
            call("AssumeRoleWithWebIdentity", &parameters).unsigned(&sts)
        };
        let guard = sts.inject(Fault::unreachable_issuer().times(1));

        let (first, second) = (send(&sts, web()).await, send(&sts, web()).await);

        assert_eq!((first.status, first.text("Code")), (400, wanted));
        assert_eq!((second.status, guard.hits()), (200, 1));
        let call = &sts.journal().calls()[0];
        assert!(
            call.explanation().contains("injected fault 1: issuer unreachable"),
            "{}",
            call.explanation()
        );
    }
}

#[tokio::test]
async fn a_fault_for_a_member_that_an_operation_does_not_have_is_refused() {
    let sts = frozen().await;

    let error = sts.try_inject(Fault::missing_member("SessionToken").on("GetCallerIdentity"));

    assert!(matches!(error, Err(FaultError::Contradiction { .. })), "{error:?}");
}
