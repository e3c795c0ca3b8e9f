//! Rejected values and failing refreshes at the same time, and services that reject each
//! value.

use std::time::Duration;

use stscreds_cache::event::Happening;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{CredentialsProvider, ErrorKind};

use crate::log::Log;
use crate::scripted::{Answer, Scripted, call, caller, seconds, settle, told};

const DOWN: ErrorKind = ErrorKind::ServiceUnavailable;
const DENIED: ErrorKind = ErrorKind::AccessDenied;
const HOUR: Answer = Answer::LivesFor(seconds(3_600));

/// Calls once a second for so long; the seconds at which the source was contacted.
async fn contacts_of(source: &Scripted, cache: &CredentialsCache, duration: u64) -> Vec<u64> {
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

/// A fresh value that a service has just rejected, over a source that fails from now on.
async fn rejected(kind: ErrorKind) -> (Scripted, CredentialsCache) {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.fails(kind);
    cache.invalidate_if("AKID-1");
    (source, cache)
}

#[tokio::test]
async fn an_outage_while_the_value_is_rejected_pauses_as_past_expiry() {
    for kind in [DOWN, ErrorKind::Throttled, ErrorKind::TimedOut, ErrorKind::Bug] {
        let (source, cache) = rejected(kind).await;

        let contacts = contacts_of(&source, &cache, 1_100).await;

        // Doubling from 5 s, capped at 450 here. The value is served all the time.
        assert_eq!(contacts, [0, 5, 15, 35, 75, 155, 315, 635, 1_085], "{kind:?}");
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
        assert_eq!(cache.stats().stale_served, 0);
    }
}

#[tokio::test]
async fn a_denial_while_the_value_is_rejected_is_raised_and_cached_for_three_seconds() {
    for kind in [DENIED, ErrorKind::IdentityRejected, ErrorKind::InvalidConfiguration] {
        let (source, cache) = rejected(kind).await;

        assert_eq!(call(&cache).await, Err(kind));
        assert_eq!(contacts_of(&source, &cache, 7).await, [3, 6]);
        assert_eq!(call(&cache).await, Err(kind));
    }
}

/// Whatever failed while the value was good: after its rejection the pause is short.
#[tokio::test]
async fn a_rejection_shortens_a_longer_pause() {
    for (kind, seconds_later) in [(DOWN, 5), (DENIED, 3)] {
        let source = Scripted::new();
        let cache = source.cache();
        call(&cache).await.unwrap();
        source.fails(kind);
        cache.refresh().await.unwrap_err();
        source.answers([HOUR]);
        source.advance(seconds(10));

        cache.invalidate();

        source.advance(seconds(seconds_later) - Duration::from_nanos(1));
        let meanwhile = call(&cache).await;
        assert_eq!(meanwhile, if kind == DOWN { Ok("AKID-1".into()) } else { Err(kind) });
        source.advance(Duration::from_nanos(1));
        assert_eq!(call(&cache).await, Ok("AKID-3".into()), "{kind:?}");
        assert_eq!(source.calls(), 3);
    }
}

#[tokio::test]
async fn a_rejection_does_not_prolong_a_shorter_pause() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.fails(DOWN);
    source.advance(seconds(3_590));
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    source.answers([HOUR]);
    source.advance(seconds(3));

    cache.invalidate();

    // 5 s after the failure, and not 5 s after the rejection.
    source.advance(seconds(2));
    assert_eq!(call(&cache).await, Ok("AKID-3".into()));
}

#[tokio::test]
async fn for_the_sdks_preset_a_rejected_value_is_a_valid_one() {
    for (kind, expected) in [(DOWN, Ok("AKID-1".into())), (DENIED, Err(DENIED))] {
        let source = Scripted::new();
        let cache = source.builder().policy(RefreshPolicy::aws_sdk()).build();
        call(&cache).await.unwrap();
        source.fails(kind);
        cache.invalidate();

        assert_eq!(call(&cache).await, expected);

        // 450 s of backoff, or 3 s of a cached error.
        let pause = if kind == DOWN { 450 } else { 3 };
        assert_eq!(contacts_of(&source, &cache, 460).await[0], pause);
    }
}

#[tokio::test]
async fn refresh_respects_a_backoff_and_refresh_now_does_not() {
    let (source, cache) = rejected(DOWN).await;
    call(&cache).await.unwrap();
    source.answers([Answer::Fails(DENIED), HOUR]);

    assert_eq!(told(cache.refresh().await), Err(DOWN));
    assert_eq!(source.calls(), 2);

    assert_eq!(told(cache.refresh_now().await), Err(DENIED));
    assert_eq!(told(cache.refresh().await), Err(DENIED));
    assert_eq!(told(cache.refresh_now().await), Ok("AKID-4".into()));
    assert_eq!(source.calls(), 4);
    assert_eq!(cache.stats().backed_off, 2, "of refresh, and not of refresh_now");
}

#[tokio::test]
async fn refresh_now_joins_the_refresh_in_flight() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let first = caller(&cache).await;
    let second = tokio::spawn({
        let cache = cache.clone();
        async move { told(cache.refresh_now().await) }
    });
    settle().await;

    source.release();

    assert_eq!(first.await.unwrap(), Ok("AKID-1".into()));
    assert_eq!(second.await.unwrap(), Ok("AKID-1".into()));
    assert_eq!(source.calls(), 1);
}

/// A request is signed, rejected, signed once more and rejected again.
async fn request(cache: &CredentialsCache, reject: impl Fn(&CredentialsCache, &str)) {
    for _attempt in 0..2 {
        let key = call(cache).await.unwrap();
        reject(cache, &key);
    }
}

fn by_id(cache: &CredentialsCache, id: &str) {
    cache.invalidate_if(id);
}

fn whichever(cache: &CredentialsCache, _id: &str) {
    cache.invalidate();
}

/// An opt-in region for tokens of the global endpoint, or a store that is not AWS.
#[tokio::test]
async fn a_service_that_rejects_each_session_causes_fifteen_contacts_in_an_hour() {
    for reject in [by_id, whichever] {
        let source = Scripted::new();
        let cache = source.cache();
        let mut contacts = Vec::new();
        for number in 0..1_000_u32 {
            let before = source.calls();
            request(&cache, reject).await;
            contacts.extend((before..source.calls()).map(|_| (number * 36).div_ceil(10)));
            source.advance(Duration::from_millis(3_600));
        }

        // The first, the one that heals, and then pauses that double from 5 s to 450 s.
        let expected =
            [0, 0, 8, 18, 40, 83, 166, 328, 648, 1_098, 1_548, 1_998, 2_448, 2_898, 3_348];
        assert_eq!(contacts, expected);
        let stats = cache.stats();
        assert_eq!(stats.failures[&ErrorKind::RejectedByService], 14);
        assert_eq!(stats.failed(), 14);
        assert_eq!(stats.last_error.unwrap().kind(), ErrorKind::RejectedByService);
    }
}

#[tokio::test]
async fn the_presets_of_peers_are_not_damped() {
    for policy in [RefreshPolicy::aws_sdk(), RefreshPolicy::go_classic(seconds(60), 0.0)] {
        let source = Scripted::new();
        let cache = source.builder().policy(policy).build();

        for _ in 0..10 {
            request(&cache, by_id).await;
        }

        assert_eq!(source.calls(), 20);
    }
}

#[tokio::test]
async fn sixty_seconds_without_a_rejection_clear_the_damping_and_a_success_does_not() {
    let source = Scripted::new();
    let cache = source.cache();
    request(&cache, by_id).await;
    source.advance(seconds(5));
    request(&cache, by_id).await;
    assert_eq!(source.calls(), 3);
    // The second pause: 10 s. What comes after it is good for almost a minute.
    source.advance(seconds(10));
    assert_eq!(call(&cache).await, Ok("AKID-4".into()));
    source.advance(seconds(60) - Duration::from_nanos(1));
    cache.invalidate_if("AKID-4");
    assert_eq!(call(&cache).await, Ok("AKID-4".into()));
    assert_eq!(cache.stats().failures[&ErrorKind::RejectedByService], 3);

    // And the third: 20 s. What comes after it is good for a minute.
    source.advance(seconds(20));
    assert_eq!(call(&cache).await, Ok("AKID-5".into()));
    source.advance(seconds(60));
    cache.invalidate_if("AKID-5");
    assert_eq!(call(&cache).await, Ok("AKID-6".into()), "at once, as for a first rejection");

    // From here on the pauses begin at 5 s again.
    cache.invalidate_if("AKID-6");
    source.advance(seconds(5));
    assert_eq!(call(&cache).await, Ok("AKID-7".into()));
    assert_eq!(source.calls(), 7);
}

#[tokio::test]
async fn refresh_now_asks_through_the_damping() {
    let source = Scripted::new();
    let cache = source.cache();
    request(&cache, by_id).await;
    assert_eq!(told(cache.refresh().await), Err(ErrorKind::RejectedByService));

    assert_eq!(told(cache.refresh_now().await), Ok("AKID-3".into()));
    assert_eq!(call(&cache).await, Ok("AKID-3".into()));
}

#[tokio::test]
async fn repeated_rejection_is_told_with_what_to_check() {
    let log = Log::default();
    let _capture = log.capture();
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    cache.invalidate();
    call(&cache).await.unwrap();
    let mut events = cache.subscribe();

    cache.invalidate();

    let happened = [events.next().await.unwrap(), events.next().await.unwrap()];
    assert!(
        matches!(&happened[0].happening, Happening::Invalidated { id, .. } if id.as_deref() == Some("AKID-2"))
    );
    let Happening::RefreshFailed { error, next_attempt_at, .. } = &happened[1].happening else {
        panic!("{happened:?}");
    };
    assert_eq!(error.kind(), ErrorKind::RejectedByService);
    assert!(error.is_recoverable());
    assert_eq!(next_attempt_at.unwrap(), source.clock.now() + seconds(5));
    let text = log.text();
    for told in [
        "WARN",
        "a service rejects one new value after another",
        "serving the value although a service rejected it",
        "next attempt in 5 seconds",
        "opt-in regions",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[tokio::test]
async fn a_value_rejected_a_thousand_times_is_one_event_one_line_and_one_count() {
    let log = Log::default();
    let _capture = log.capture();
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    let mut events = cache.subscribe();
    source.park();

    cache.invalidate_if("AKID-1");
    let waiting = caller(&cache).await;
    (0..499).for_each(|_| cache.invalidate_if("AKID-1"));
    (0..500).for_each(|_| cache.invalidate());
    source.release();
    waiting.await.unwrap().unwrap();

    assert_eq!(cache.stats().invalidations, 1);
    assert_eq!(log.text().matches("invalidated").count(), 1);
    drop(cache);
    let mut invalidated = 0;
    while let Some(event) = events.next().await {
        invalidated += u32::from(matches!(event.happening, Happening::Invalidated { .. }));
    }
    assert_eq!((invalidated, events.missed()), (1, 0));
}

/// A `credential_process` that caches answers with the same key for a while.
#[tokio::test]
async fn a_burst_of_rejections_costs_one_flight_also_if_the_source_repeats_the_key() {
    let source = Scripted::new();
    source.answers([Answer::Key("AKID-SAME", seconds(3_600))]);
    let cache = source.cache();
    call(&cache).await.unwrap();
    cache.invalidate_if("AKID-SAME");
    source.park();
    let waiting = caller(&cache).await;

    // The rest of the burst, while the refresh is in flight.
    (0..999).for_each(|_| cache.invalidate_if("AKID-SAME"));
    source.release();

    assert_eq!(waiting.await.unwrap(), Ok("AKID-SAME".into()));
    assert_eq!(call(&cache).await, Ok("AKID-SAME".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_cache_over_caches_heals_in_one_step() {
    let source = Scripted::new();
    let clock = source.clock.clone();
    let over = |inner: CredentialsCache| {
        CredentialsCache::builder(inner).clock(clock.clone()).chance(|| 0.5).build()
    };
    let inner = source.cache();
    let middle = over(inner.clone());
    let outer = over(middle.clone());
    assert_eq!(call(&outer).await, Ok("AKID-1".into()));

    outer.invalidate_if("AKID-1");

    assert_eq!(call(&outer).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
    for cache in [&outer, &middle, &inner] {
        assert_eq!(cache.stats().invalidations, 1);
    }

    // Also without naming the key, and through an `Arc`.
    source.advance(seconds(60));
    outer.invalidate();
    assert_eq!(call(&outer).await, Ok("AKID-3".into()));
    source.advance(seconds(60));
    std::sync::Arc::new(outer.clone()).reject("AKID-3");
    assert_eq!(call(&outer).await, Ok("AKID-4".into()));
    assert_eq!(source.calls(), 4);

    // What is not cached any more rejects nothing.
    outer.invalidate_if("AKID-1");
    assert_eq!(inner.stats().invalidations, 3);
}

#[tokio::test]
async fn a_refresh_through_two_caches_contacts_the_source() {
    let source = Scripted::new();
    let outer = CredentialsCache::builder(source.cache()).clock(source.clock.clone()).build();
    call(&outer).await.unwrap();

    outer.invalidate();

    assert_eq!(told(outer.refresh().await), Ok("AKID-2".into()));
}
