//! The vectors that the AWS SDKs share for their common refresh rules.

use stscreds_cache::policy::Window;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::ErrorKind;

use crate::scripted::{Answer, Scripted, call, seconds};

/// Where the seeded hour-long credentials are in their life.
#[derive(Debug, Clone, Copy)]
enum Given {
    Nothing,
    Valid,
    Advisory,
    Mandatory,
    Expired,
}
use Given::{Advisory, Expired, Mandatory, Nothing, Valid};

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The source would answer so; the caller gets this; was the source contacted?
    Call(Source, Gets, Contact),
    Advance(u64),
    Invalidate,
    InvalidateIf(&'static str),
    /// The advisory window of what is cached, in seconds.
    Window(u64),
}
use Step::{Advance, Call, Invalidate, InvalidateIf};

#[derive(Debug, Clone, Copy)]
enum Source {
    Yields,
    YieldsFor(u64),
    YieldsExpired,
    IsDown,
    Denies,
}
use Source::{Denies, IsDown, Yields, YieldsExpired, YieldsFor};

#[derive(Debug, Clone, Copy)]
enum Gets {
    Cached,
    New,
    Error(ErrorKind),
}
use Gets::{Cached, Error, New};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Contact {
    Made,
    NotMade,
    /// Not made, because of an earlier failure.
    Limited,
}
use Contact::{Limited, Made, NotMade};

const CACHED: &str = "AKID-1";
const NEW: &str = "AKID-NEW";
const DOWN: ErrorKind = ErrorKind::ServiceUnavailable;
const DENIED: ErrorKind = ErrorKind::AccessDenied;

async fn check(given: Given, steps: &[Step]) {
    check_with(RefreshPolicy::aws_sdk(), given, steps).await;
}

async fn check_with(policy: RefreshPolicy, given: Given, steps: &[Step]) {
    let source = Scripted::new();
    // 0.4 of the way from 300 to 600 seconds is a backoff of 420.
    let cache = source.builder().policy(policy).chance(|| 0.4).build();
    seed(&source, &cache, given).await;
    for (number, step) in steps.iter().enumerate() {
        let context = format!("{given:?}, step {number}: {step:?}");
        take(&source, &cache, *step, &context).await;
    }
}

async fn seed(source: &Scripted, cache: &CredentialsCache, given: Given) {
    let age = match given {
        Nothing => return,
        Valid => 0,
        Advisory => 2_700,
        Mandatory => 3_540,
        Expired => 3_600,
    };
    source.answers([Answer::Key(CACHED, seconds(3_600))]);
    assert_eq!(call(cache).await, Ok(CACHED.into()));
    source.advance(seconds(age));
}

async fn take(source: &Scripted, cache: &CredentialsCache, step: Step, context: &str) {
    match step {
        Advance(by) => source.advance(seconds(by)),
        Invalidate => cache.invalidate(),
        InvalidateIf(key) => cache.invalidate_if(key),
        Step::Window(expected) => {
            let deadlines = cache.stats().deadlines.unwrap();
            let window = deadlines.expires_at.unwrap().since(deadlines.advisory_at);
            assert_eq!(window, seconds(expected), "{context}");
        }
        Call(answer, gets, contact) => {
            source.answers([match answer {
                Yields => Answer::Key(NEW, seconds(3_600)),
                YieldsFor(lifetime) => Answer::Key(NEW, seconds(lifetime)),
                YieldsExpired => Answer::ExpiresAt(source.clock.now()),
                IsDown => Answer::Fails(DOWN),
                Denies => Answer::Fails(DENIED),
            }]);
            let (calls, limited) = (source.calls(), cache.stats().backed_off);

            let told = call(cache).await;

            let expected = match gets {
                Cached => Ok(CACHED.to_owned()),
                New => Ok(NEW.to_owned()),
                Error(kind) => Err(kind),
            };
            assert_eq!(told, expected, "{context}");
            assert_eq!(source.calls() - calls, u32::from(contact == Made), "{context}");
            let now_limited = cache.stats().backed_off - limited;
            assert_eq!(now_limited, u64::from(contact == Limited), "{context}");
        }
    }
}

#[tokio::test]
async fn v01_a_valid_value_is_served_without_contact() {
    check(Valid, &[Call(Yields, Cached, NotMade)]).await;
}

#[tokio::test]
async fn v02_an_advisory_refresh_brings_the_new_value() {
    check(Advisory, &[Call(Yields, New, Made)]).await;
}

#[tokio::test]
async fn v03_a_failed_advisory_refresh_serves_the_cached_value_and_backs_off() {
    check(Advisory, &[Call(IsDown, Cached, Made), Call(Yields, Cached, NotMade)]).await;
}

#[tokio::test]
async fn v04_a_mandatory_refresh_brings_the_new_value() {
    check(Mandatory, &[Call(Yields, New, Made)]).await;
}

#[tokio::test]
async fn v05_a_failed_mandatory_refresh_serves_the_cached_value() {
    check(Mandatory, &[Call(IsDown, Cached, Made)]).await;
}

#[tokio::test]
async fn v06_an_expired_value_is_replaced() {
    check(Expired, &[Call(Yields, New, Made)]).await;
}

#[tokio::test]
async fn v07_an_expired_value_is_served_while_the_source_is_down() {
    check(Expired, &[Call(IsDown, Cached, Made)]).await;
}

#[tokio::test]
async fn v08_an_initial_failure_is_raised_and_not_backed_off() {
    check(Nothing, &[Call(IsDown, Error(DOWN), Made), Call(Yields, New, Made)]).await;
}

#[tokio::test]
async fn v09_a_value_that_arrives_expired_is_a_failed_advisory_refresh() {
    check(Advisory, &[Call(YieldsExpired, Cached, Made), Call(Yields, Cached, NotMade)]).await;
}

#[tokio::test]
async fn v10_a_value_that_arrives_expired_is_a_failed_mandatory_refresh() {
    check(Mandatory, &[Call(YieldsExpired, Cached, Made), Call(Yields, Cached, NotMade)]).await;
}

#[tokio::test]
async fn v11_ten_minutes_have_a_window_of_five() {
    check(Nothing, &[Call(YieldsFor(600), New, Made), Step::Window(300)]).await;
}

#[tokio::test]
async fn v12_twenty_and_a_half_minutes_have_a_window_of_fifteen() {
    check(Nothing, &[Call(YieldsFor(1_230), New, Made), Step::Window(900)]).await;
}

#[tokio::test]
async fn v13_six_hours_have_a_window_of_one() {
    check(Nothing, &[Call(YieldsFor(21_600), New, Made), Step::Window(3_600)]).await;
}

#[tokio::test]
async fn v14_the_window_is_worked_out_anew_for_each_value() {
    check(
        Nothing,
        &[
            Call(YieldsFor(21_600), New, Made),
            Step::Window(3_600),
            Advance(18_060),
            Call(YieldsFor(600), New, Made),
            Step::Window(300),
        ],
    )
    .await;
}

#[tokio::test]
async fn v15_a_configured_window_replaces_the_table() {
    let mut policy = RefreshPolicy::aws_sdk();
    policy.advisory = Window::Fixed(seconds(1_800));

    let steps = [Call(YieldsFor(21_600), New, Made), Step::Window(1_800)];
    check_with(policy, Nothing, &steps).await;
}

#[tokio::test]
async fn v16_a_denied_advisory_refresh_is_raised_at_once_and_soon_tried_again() {
    let steps = [Call(Denies, Error(DENIED), Made), Advance(6), Call(Yields, New, Made)];
    check(Advisory, &steps).await;
}

#[tokio::test]
async fn v17_a_denied_mandatory_refresh_is_raised_at_once_and_soon_tried_again() {
    let steps = [Call(Denies, Error(DENIED), Made), Advance(6), Call(Yields, New, Made)];
    check(Mandatory, &steps).await;
}

#[tokio::test]
async fn v18_a_denial_is_remembered_and_raised_again_without_contact() {
    let steps = [Call(Denies, Error(DENIED), Made), Call(Yields, Error(DENIED), Limited)];
    check(Advisory, &steps).await;
}

#[tokio::test]
async fn v19_an_invalidated_value_is_replaced() {
    check(Valid, &[Invalidate, Call(Yields, New, Made)]).await;
}

#[tokio::test]
async fn v20_an_invalidated_value_is_served_while_the_source_is_down() {
    check(Valid, &[Invalidate, Call(IsDown, Cached, Made)]).await;
}

#[tokio::test]
async fn v21_an_invalidation_does_not_end_a_backoff() {
    check(
        Expired,
        &[
            Call(IsDown, Cached, Made),
            Advance(60),
            Invalidate,
            Call(Yields, Cached, Limited),
            Advance(425),
            Call(Yields, New, Made),
        ],
    )
    .await;
}

#[tokio::test]
async fn v22_an_invalidation_of_another_key_is_none() {
    check(Valid, &[InvalidateIf("AKID-2"), Call(Yields, Cached, NotMade)]).await;
    check(Valid, &[InvalidateIf(CACHED), Call(Yields, New, Made)]).await;
    check(Valid, &[Invalidate, Call(Yields, New, Made)]).await;
}

#[tokio::test]
async fn v23_the_source_is_left_alone_until_the_backoff_is_over() {
    check(
        Expired,
        &[
            Call(IsDown, Cached, Made),
            Advance(300),
            Call(Yields, Cached, Limited),
            Advance(425),
            Call(Yields, New, Made),
        ],
    )
    .await;
}

#[tokio::test]
async fn v24_an_initial_denial_is_raised_as_it_is_and_soon_tried_again() {
    let steps = [Call(Denies, Error(DENIED), Made), Advance(6), Call(Yields, New, Made)];
    check(Nothing, &steps).await;
}
