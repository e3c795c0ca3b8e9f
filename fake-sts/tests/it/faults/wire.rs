//! Each effect over real HTTP.

use std::io::ErrorKind;

use fake_sts::fault::{Ending, Fault, Point};

use super::{PLAIN, assume, frozen, is_healthy, raw, whoami};
use crate::client::{ALICE, ALICE_MFA, ask, call, keys};

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
    assert_eq!(
        calls[0].to_string(),
        "#1 2026-07-13T10:00:00Z AssumeRole arn:aws:iam::111122223333:role/plain by arn:aws:iam::111122223333:user/alice: \
         400 Throttling: Rate exceeded [injected fault 1 \"busy\": Throttling, before the operation]"
    );
    assert!(calls[0].explanation().contains("\n  injected fault 1 \"busy\": Throttling"));
}

#[tokio::test]
async fn a_reset_is_a_reset_and_a_close_is_a_close() {
    let sts = frozen().await;

    let reset = sts.inject(Fault::reset());
    let (seen, end) = raw(&sts, whoami()).await;
    assert_eq!((seen.as_str(), end.unwrap_err().kind()), ("", ErrorKind::ConnectionReset));
    drop(reset);

    let close = sts.inject(Fault::disconnect(Ending::Close, Point::BeforeAnswer));
    let (seen, end) = raw(&sts, whoami()).await;
    assert_eq!((seen.as_str(), end.is_ok()), ("", true));
    drop(close);

    is_healthy(&sts).await;
    let calls = sts.journal().calls();
    assert_eq!(calls.iter().map(|call| call.status).collect::<Vec<_>>(), [0, 0, 200]);
    assert_eq!(
        calls[0].to_string(),
        "#1 2026-07-13T10:00:00Z GetCallerIdentity by arn:aws:iam::111122223333:user/alice: no answer \
         [injected fault 1: connection reset before the answer, before the operation]"
    );
}

#[tokio::test]
async fn a_call_that_is_lost_after_the_operation_has_spent_its_code() {
    let sts = frozen().await;
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let session = || call("GetSessionToken", &[("SerialNumber", ALICE_MFA), ("TokenCode", &code)]);

    let before = sts.inject(Fault::reset());
    raw(&sts, session()).await.1.unwrap_err();
    drop(before);
    let after = sts.inject(Fault::reset().after_operation());
    raw(&sts, session()).await.1.unwrap_err();
    drop(after);
    let again = ask(&sts, &keys(ALICE), session()).await;

    assert_eq!(
        again.error(),
        "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code."
    );
}
