use std::time::Duration;

use stscreds_core::{CredentialsProvider, Error, ErrorKind};
use stscreds_http::{RetryPolicy, Timeouts};
use stscreds_provider::{AssumeRoleProvider, WebIdentityRoleProvider};
use stscreds_token::{IdentityToken, MfaCode};
use stscreds_transport::HttpErrorKind as H;
use tokio::time::Instant;

use crate::scripted::{Scripted, Step};
use crate::stage::{DEVICE, PLAIN, WEB};

async fn assume(http: &Scripted) -> Result<(), Error> {
    let role = PLAIN.parse().unwrap();
    let provider = AssumeRoleProvider::builder(http.client().build(), role).build();
    provider.credentials().await.map(drop)
}

async fn assume_with_code(http: &Scripted) -> Result<(), Error> {
    let provider = AssumeRoleProvider::builder(http.client().build(), PLAIN.parse().unwrap())
        .mfa(DEVICE.parse().unwrap(), async |_| MfaCode::parse("918273"))
        .build();
    provider.credentials().await.map(drop)
}

/// What a request may come to, the error's kind, and how many requests are made of it
/// without an MFA code and with one.
fn outcomes() -> Vec<(Step, ErrorKind, usize, usize)> {
    use ErrorKind as K;
    let page = |status| Step::Responds(status, "<html>planted</html>".to_owned());
    let mut outcomes = vec![
        (Step::Fails(H::Connect), K::ConnectionFailed, 3, 3),
        (Step::Fails(H::ConnectTimedOut), K::TimedOut, 3, 3),
        (Step::Fails(H::Broken), K::ConnectionFailed, 3, 1),
        (Step::Hangs, K::TimedOut, 3, 1),
        (Step::Fails(H::Configuration), K::InvalidConfiguration, 1, 1),
        (Step::Fails(H::InvalidResponse), K::MalformedResponse, 1, 1),
        (Step::Fails(H::ResponseTooLarge), K::MalformedResponse, 1, 1),
        (Step::fault(400, "RequestTimeout"), K::TimedOut, 3, 1),
        (Step::fault(403, "AccessDenied"), K::AccessDenied, 1, 1),
        (Step::fault(403, "ExpiredToken"), K::SourceCredentialsExpired, 1, 1),
        (Step::fault(403, "SignatureDoesNotMatch"), K::SignatureMismatch, 1, 1),
        (Step::fault(400, "ValidationError"), K::InvalidParameter, 1, 1),
        (Step::fault(403, "RegionDisabledException"), K::RegionDisabled, 1, 1),
        (page(429), K::Throttled, 3, 1),
        (page(404), K::MalformedResponse, 1, 1),
        (page(501), K::ServiceUnavailable, 1, 1),
        (Step::Responds(200, String::new()), K::MalformedResponse, 1, 1),
    ];
    for status in [500, 502, 503, 504] {
        outcomes.push((page(status), K::ServiceUnavailable, 3, 1));
        outcomes.push((Step::fault(status, "InternalFailure"), K::ServiceUnavailable, 3, 1));
    }
    let throttling = [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "RequestThrottled",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "LimitExceededException",
    ];
    for code in throttling {
        outcomes.push((Step::fault(400, code), K::Throttled, 3, 3));
    }
    outcomes
}

#[tokio::test(start_paused = true)]
async fn each_outcome_is_repeated_as_often_as_it_may_help() {
    for (step, kind, requests, _) in outcomes() {
        let http = Scripted::new([step.clone()]);

        let error = assume(&http).await.unwrap_err();

        assert_eq!((error.kind(), http.count()), (kind, requests), "{step:?}: {error}");
        assert!(!format!("{error:?}").contains("planted-"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_with_an_mfa_code_is_repeated_only_if_sts_did_not_take_the_code() {
    for (step, kind, without, requests) in outcomes() {
        let http = Scripted::new([step.clone()]);

        let error = assume_with_code(&http).await.unwrap_err();

        assert_eq!((error.kind(), http.count()), (kind, requests), "{step:?}: {error}");
        // What is repeated without a code, and not with one, may have spent it.
        let says_so = error.to_string().contains("the MFA code may be spent");
        assert_eq!(says_so, without > requests, "{step:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("918273"), "{error:?}");
        assert!(http.asked_for_new_connections());
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_twice_and_then_works_has_worked() {
    for (step, _, requests, _) in outcomes().into_iter().filter(|(.., r, _)| *r == 3) {
        let http = Scripted::new([step.clone(), step.clone(), Step::session("AssumeRole")]);

        assume(&http).await.unwrap();

        assert_eq!(http.count(), requests, "{step:?}");
        assert_eq!(http.body(0), http.body(2), "the same request");
    }
}

#[tokio::test(start_paused = true)]
async fn backoffs_double() {
    let http = Scripted::new([Step::fault(400, "Throttling")]);
    let begun = Instant::now();

    assume(&http).await.unwrap_err();

    assert_eq!(begun.elapsed(), Duration::from_secs(1 + 2));
}

#[tokio::test(start_paused = true)]
async fn a_request_has_ten_seconds_and_a_call_twenty_five() {
    let http = Scripted::new([Step::Hangs]);
    let begun = Instant::now();

    let error = assume(&http).await.unwrap_err();

    // 10 s, a backoff of 1 s, 10 s, a backoff of 2 s, and what is left.
    assert_eq!((begun.elapsed(), http.count()), (Duration::from_secs(25), 3));
    assert!(error.to_string().contains("within 25s in all"), "{error}");

    let patient = Scripted::new([Step::Hangs]);
    let mut timeouts = Timeouts::default();
    (timeouts.attempt, timeouts.total) = (Duration::from_secs(2), Duration::from_secs(600));
    let sts = patient.client().timeouts(timeouts).build();
    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    let begun = Instant::now();
    let error = provider.credentials().await.unwrap_err();
    assert_eq!((begun.elapsed(), patient.count()), (Duration::from_secs(2 + 1 + 2 + 2 + 2), 3));
    assert!(error.to_string().contains("within 2s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_backoff_that_would_end_too_late_is_not_begun() {
    let http = Scripted::new([Step::fault(503, "ServiceUnavailable")]);
    let mut timeouts = Timeouts::default();
    timeouts.total = Duration::from_millis(1_500);
    let sts = http.client().timeouts(timeouts).build();
    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    let begun = Instant::now();

    let error = provider.credentials().await.unwrap_err();

    assert_eq!((http.count(), begun.elapsed()), (2, Duration::from_secs(1)));
    assert_eq!(error.kind(), ErrorKind::ServiceUnavailable, "what STS said, not that time is up");
}

#[tokio::test(start_paused = true)]
async fn clones_share_a_budget_that_an_outage_uses_up_and_success_fills() {
    let http = Scripted::new([Step::fault(503, "ServiceUnavailable")]);
    let sts = http.client().build();
    let role = || PLAIN.parse().unwrap();
    let provider = |sts| AssumeRoleProvider::builder(sts, role()).build();

    // Two retries a call, 5 of 500 tokens each.
    for call in 1..=50 {
        provider(sts.clone()).credentials().await.unwrap_err();
        assert_eq!(http.count(), 3 * call);
    }
    provider(sts.clone()).credentials().await.unwrap_err();
    assert_eq!(http.count(), 3 * 50 + 1, "the budget is used up");

    assume(&http).await.unwrap_err();
    assert_eq!(http.count(), 3 * 50 + 1 + 3, "another client has a budget of its own");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_retries_itself_gets_one_request_a_call() {
    let http = Scripted::new([Step::fault(503, "ServiceUnavailable")]);
    let sts = http.client().retries(RetryPolicy::none()).build();

    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    provider.credentials().await.unwrap_err();

    assert_eq!(http.count(), 1);
}

/// The client leaves it to the provider, which reads the token again before each.
#[tokio::test(start_paused = true)]
async fn a_web_identity_that_sts_may_take_back_is_presented_three_times_and_not_nine() {
    for code in ["InvalidIdentityToken", "IDPCommunicationError"] {
        let http = Scripted::new([Step::fault(400, code)]);
        let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let noted = std::sync::Arc::clone(&read);
        let retriever = move || {
            let number = noted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            std::future::ready(IdentityToken::parse(format!("token-{number}")))
        };
        let sts = http.client().build();

        let provider = WebIdentityRoleProvider::builder(sts, WEB.parse().unwrap(), retriever);
        provider.build().credentials().await.unwrap_err();

        assert_eq!(http.count(), 3, "{code}");
        for number in 0..3 {
            let token = format!("WebIdentityToken=token-{number}&");
            assert!((http.body(number) + "&").contains(&token), "{}", http.body(number));
        }
    }
}
