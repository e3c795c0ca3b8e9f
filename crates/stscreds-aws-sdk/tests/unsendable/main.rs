//! Every way in which a call can fail before STS responds, for every operation, with secrets in
//! every parameter: each error names its cause, and neither it nor any log line shows a secret.
//!
//! A binary of its own: a process has one log subscriber.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should panic")]

mod broken;
mod capture;
mod https;
mod indiscreet;
mod operations;
mod service;

use std::error::Error as _;

use aws_sdk_sts::error::DisplayErrorContext;
use fake_sts::FakeSts;
use fake_sts::tls::Tls;

use self::broken::{Broken, ways};
use self::capture::Capture;
use self::operations::{Operation, SECRETS, operations};

#[tokio::test]
async fn no_failure_before_a_response_shows_a_secret_and_each_names_its_cause() {
    // The ids of the SDK's calls are drawn on this thread: with a seed no id has a code in it one day.
    fastrand::seed(7);
    let log = Capture::install();
    let service = service::start().await;
    let tls = FakeSts::builder().tls(Tls::generate().unwrap()).start().await.unwrap();
    let ways = ways(&service, tls.uri());
    let mut count = 0;

    for broken in &ways {
        for operation in operations() {
            if broken.only_signed && !operation.is_signed {
                continue;
            }
            check(broken, &operation).await;
            count += 1;
        }
    }

    // 4 of 6 operations are signed.
    let signed = ways.iter().filter(|way| way.only_signed).count();
    assert_eq!(count, 4 * signed + 6 * (ways.len() - signed));
    let log = log.text();
    assert!(log.contains("try_attempt"), "the SDK's log was captured");
    // What a resolver of the program says the SDK logs before anybody else sees it.
    let is_of_resolver =
        |line: &str| line.contains("will apply endpoint") || line.contains("specified in endpoint");
    for line in log.lines().filter(|line| !is_of_resolver(line)) {
        shows_no_secret("the log", line);
    }
}

async fn check(broken: &Broken, operation: &Operation) {
    let case = format!("{} of {}", broken.name, operation.name);
    let sts = broken.sts_client().call_timeout(broken.call_timeout);
    shows_no_secret(&case, &format!("{sts:?}"));

    let error = operation.call(sts).await;

    let shown = error.to_string();
    // In a build with a crate that brings the SDK's HTTPS client, there always is one.
    if broken.name != "no HTTP client" || !shown.contains("connection refused") {
        assert_eq!(error.kind(), broken.kind, "{case}: {error:?}");
        assert!(shown.contains(broken.says), "{case}: {shown}");
    }
    assert!(shown.contains(operation.name), "{case}: {shown}");
    shows_no_secret(&case, &format!("{shown} {error:?} {error:#?}"));
    shows_no_secret(&case, &DisplayErrorContext(&error).to_string());
    let mut cause = error.source();
    while let Some(below) = cause {
        shows_no_secret(&case, &format!("{below} {below:?}"));
        cause = below.source();
    }
}

#[track_caller]
fn shows_no_secret(place: &str, text: &str) {
    for secret in SECRETS.iter().copied().chain(["planted"]) {
        assert!(!text.contains(secret), "{place} shows {secret}: {text}");
    }
}
