//! What a failed refresh comes to: the default policy.

use std::time::Duration;

use stscreds_cache::RefreshPolicy;
use stscreds_core::ErrorKind;

use crate::scripted::{Answer, Scripted, call, seconds, settle};

const DOWN: ErrorKind = ErrorKind::ServiceUnavailable;
const DENIED: ErrorKind = ErrorKind::AccessDenied;

/// A cache whose hour-long value is this old, over a source that fails from now on.
async fn aged(age: u64, kind: ErrorKind) -> (Scripted, stscreds_cache::CredentialsCache) {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(age));
    source.fails(kind);
    (source, cache)
}

/// Calls once a second for so long; the seconds at which the source was contacted.
async fn contacts_of(
    source: &Scripted,
    cache: &stscreds_cache::CredentialsCache,
    duration: u64,
) -> Vec<u64> {
    let mut contacts = Vec::new();
    for second in 0..duration {
        let before = source.calls();
        let _told = call(cache).await;
        settle().await;
        if source.calls() > before {
            contacts.push(second);
        }
        source.advance(seconds(1));
    }
    contacts
}

#[tokio::test]
async fn while_valid_an_outage_is_never_felt() {
    for kind in [DOWN, ErrorKind::Throttled, ErrorKind::Bug, ErrorKind::ExpiredOnArrival] {
        let (source, cache) = aged(2_700, kind).await;
        for _ in 0..899 {
            assert_eq!(call(&cache).await, Ok("AKID-1".into()));
            settle().await;
            source.advance(seconds(1));
        }
        // The first, and those of `while_valid_attempts_get_denser`.
        assert_eq!(source.calls(), 1 + 12);
    }
}

#[tokio::test]
async fn while_valid_attempts_get_denser() {
    let (source, cache) = aged(2_700, DOWN).await;

    // Halfway between 1/4 and 1/2 of what remains, at least 5 seconds.
    let contacts = contacts_of(&source, &cache, 899).await;

    assert_eq!(contacts, [0, 338, 549, 681, 764, 815, 847, 867, 880, 888, 893, 898]);
}

#[tokio::test]
async fn while_valid_a_denial_is_served_through_and_told() {
    let (source, cache) = aged(2_700, DENIED).await;

    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    settle().await;
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));

    assert_eq!(source.calls(), 2);
    assert_eq!(cache.stats().failures[&DENIED], 1);
    assert_eq!(cache.stats().last_error.unwrap().kind(), DENIED);
}

#[tokio::test]
async fn a_failed_mandatory_refresh_serves_the_value_to_all_who_waited() {
    let (source, cache) = aged(3_550, DOWN).await;
    source.park();
    let waiting =
        [cache.clone(), cache.clone()].map(|cache| tokio::spawn(async move { call(&cache).await }));
    settle().await;

    source.release();

    for waiter in waiting {
        assert_eq!(waiter.await.unwrap(), Ok("AKID-1".into()));
    }
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn past_expiry_an_outage_is_served_through_for_ten_minutes_and_not_longer() {
    let (source, cache) = aged(3_600, DOWN).await;
    for _ in 0..600 {
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
        assert!(cache.peek().is_none());
        source.advance(seconds(1));
    }

    assert_eq!(call(&cache).await, Err(DOWN));
    assert_eq!(cache.stats().stale_served, 600);
}

#[tokio::test]
async fn past_expiry_attempts_double() {
    let (source, cache) = aged(3_600, DOWN).await;

    let contacts = contacts_of(&source, &cache, 610).await;

    // From 5 s on, doubling; at 600 callers begin to get errors, and an attempt is made; from
    // then on a failure is cached for 3 s here.
    assert_eq!(contacts, [0, 5, 15, 35, 75, 155, 315, 600, 603, 606, 609]);
}

#[tokio::test]
async fn past_expiry_pauses_are_capped_for_those_who_are_served_for_longer() {
    let source = Scripted::new();
    let mut policy = RefreshPolicy::default();
    policy.max_stale = Duration::MAX;
    let cache = source.builder().policy(policy).build();
    call(&cache).await.unwrap();
    source.advance(seconds(3_600));
    source.fails(DOWN);

    let contacts = contacts_of(&source, &cache, 1_600).await;

    // Capped at 450 here.
    assert_eq!(contacts, [0, 5, 15, 35, 75, 155, 315, 635, 1_085, 1_535]);
}

#[tokio::test]
async fn past_expiry_a_denial_is_raised_and_remembered_for_three_seconds() {
    let (source, cache) = aged(3_600, DENIED).await;

    let contacts = contacts_of(&source, &cache, 7).await;

    assert_eq!(contacts, [0, 3, 6]);
    assert_eq!(call(&cache).await, Err(DENIED));
    assert_eq!(cache.stats().stale_served, 0);
}

#[tokio::test]
async fn a_value_that_expires_during_a_denials_backoff_is_not_served_stale() {
    let (source, cache) = aged(3_597, DENIED).await;
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));

    source.advance(seconds(3));

    assert_eq!(call(&cache).await, Err(DENIED));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_value_that_expires_during_an_outages_backoff_is_served_stale() {
    let (source, cache) = aged(3_597, DOWN).await;
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));

    source.advance(seconds(4));

    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(source.calls(), 2);
    assert_eq!(cache.stats().stale_served, 1);
}

#[tokio::test]
async fn with_nothing_cached_an_outage_is_raised_and_the_next_call_asks_again() {
    let source = Scripted::new();
    source.answers([Answer::Fails(DOWN), Answer::Forever]);
    let cache = source.cache();

    assert_eq!(call(&cache).await, Err(DOWN));
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn with_nothing_cached_a_denial_is_remembered_for_three_seconds() {
    let source = Scripted::new();
    source.fails(DENIED);
    let cache = source.cache();

    let contacts = contacts_of(&source, &cache, 7).await;

    assert_eq!(contacts, [0, 3, 6]);
    assert_eq!(cache.stats().backed_off, 4);
}

#[tokio::test]
async fn a_value_that_arrives_expired_is_a_failure_that_may_pass() {
    let source = Scripted::new();
    source.answers([Answer::LivesFor(Duration::ZERO), Answer::Forever]);
    let cache = source.cache();

    assert_eq!(call(&cache).await, Err(ErrorKind::ExpiredOnArrival));
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn a_success_clears_the_backoff() {
    let (source, cache) = aged(3_600, DOWN).await;
    call(&cache).await.unwrap();
    source.advance(seconds(5));
    call(&cache).await.unwrap();
    source.advance(seconds(10));
    source.answers([Answer::LivesFor(seconds(3_600))]);

    assert_eq!(call(&cache).await, Ok("AKID-4".into()));
    assert!(cache.stats().last_error.is_none());
    assert!(!cache.stats().is_backed_off);

    // And the next outage begins at five seconds again.
    source.advance(seconds(3_600));
    source.fails(DOWN);
    assert_eq!(contacts_of(&source, &cache, 16).await, [0, 5, 15]);
}

#[tokio::test]
async fn refresh_respects_the_backoff() {
    let (source, cache) = aged(2_700, DOWN).await;
    call(&cache).await.unwrap();
    settle().await;

    let error = cache.refresh().await.unwrap_err();

    assert_eq!(error.kind(), DOWN);
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_prolong_what_is_remembered() {
    let source = Scripted::new();
    source.answers([Answer::Fails(DENIED), Answer::Forever]);
    let cache = source.cache();
    assert_eq!(call(&cache).await, Err(DENIED));
    assert_eq!(call(&cache).await, Err(DENIED));
    assert_eq!(source.calls(), 1);

    source.clock.set(crate::scripted::START - seconds(86_400));

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

/// A value that is due and valid is read without asking anybody, for as long as the pause
/// lasts: readers must see that it ends.
#[tokio::test]
async fn a_clock_that_is_set_back_ends_the_pause_of_a_value_that_is_due() {
    let (source, cache) = aged(3_300, DOWN).await;
    call(&cache).await.unwrap();
    settle().await;
    call(&cache).await.unwrap();
    settle().await;
    assert_eq!(source.calls(), 2);

    source.clock.set(crate::scripted::START + seconds(2_900));
    call(&cache).await.unwrap();
    settle().await;

    assert_eq!(source.calls(), 3);
}

/// A caller reads the clock, waits for the slot, and finds a failure that is younger
/// than its reading: taken for a clock that was set back, that ended the pause.
#[tokio::test]
async fn a_failure_a_moment_younger_than_a_callers_clock_reading_is_respected() {
    let source = Scripted::new();
    source.fails(DENIED);
    let cache = source.cache();
    assert_eq!(call(&cache).await, Err(DENIED));

    source.clock.set(crate::scripted::START - Duration::from_millis(1));

    assert_eq!(call(&cache).await, Err(DENIED));
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn a_denial_past_expiry_does_not_count_among_the_doublings_of_an_outage() {
    let (source, cache) = aged(3_600, DENIED).await;
    for _ in 0..3 {
        assert_eq!(call(&cache).await, Err(DENIED));
        source.advance(seconds(3));
    }
    source.fails(DOWN);

    assert_eq!(contacts_of(&source, &cache, 16).await, [0, 5, 15]);
}

#[tokio::test]
async fn a_pause_that_was_found_to_be_over_is_over_also_if_the_clock_is_set_back_into_it() {
    let (source, cache) = aged(3_600, DOWN).await;
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    source.advance(seconds(5));
    source.park();
    let first = crate::scripted::caller(&cache).await;

    source.clock.set(crate::scripted::START + seconds(3_602));
    let second = crate::scripted::caller(&cache).await;

    assert!(!second.is_finished(), "it waits for the refresh");
    source.release();
    assert_eq!(first.await.unwrap(), Ok("AKID-1".into()));
    assert_eq!(second.await.unwrap(), Ok("AKID-1".into()));
}
