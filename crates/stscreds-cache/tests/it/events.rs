//! What is told, and in which words.

use std::sync::{Mutex, mpsc};

use stscreds_cache::event::{Consequence, Event, Happening};
use stscreds_cache::policy::Phase;
use stscreds_cache::{CredentialsCache, Observer};
use stscreds_core::{Error, ErrorKind};

use crate::log::Log;
use crate::scripted::{Answer, START, Scripted, call, seconds, settle};

/// The kinds of events, in order, up to now.
async fn told(subscription: &mut stscreds_cache::Subscription) -> Vec<&'static str> {
    let mut told = Vec::new();
    while let Ok(Some(event)) =
        tokio::time::timeout(std::time::Duration::ZERO, subscription.next()).await
    {
        told.push(name(&event));
    }
    told
}

fn name(event: &Event) -> &'static str {
    match &event.happening {
        Happening::RefreshStarted => "started",
        Happening::RefreshSucceeded { .. } => "succeeded",
        Happening::RefreshFailed { consequence, .. } => match consequence {
            Consequence::Served => "failed, served",
            Consequence::ServedStale => "failed, served stale",
            Consequence::ServedRejected => "failed, served rejected",
            _ => "failed, raised",
        },
        Happening::BackedOff { .. } => "backed off",
        Happening::StaleServed { .. } => "stale",
        Happening::Invalidated { .. } => "invalidated",
        _ => "other",
    }
}

#[tokio::test]
async fn a_life_with_an_outage_is_told_event_by_event() {
    let source = Scripted::new();
    let cache = source.cache();
    let mut events = cache.subscribe();

    call(&cache).await.unwrap();
    assert_eq!(told(&mut events).await, ["started", "succeeded"]);

    source.fails(ErrorKind::ServiceUnavailable);
    source.advance(seconds(3_550));
    call(&cache).await.unwrap();
    assert_eq!(told(&mut events).await, ["started", "failed, served"]);

    source.advance(seconds(51));
    call(&cache).await.unwrap();
    call(&cache).await.unwrap();
    call(&cache).await.unwrap();
    assert_eq!(told(&mut events).await, ["started", "failed, served stale", "stale"]);

    cache.invalidate();
    source.answers([Answer::Forever]);
    source.advance(seconds(5));
    call(&cache).await.unwrap();
    assert_eq!(told(&mut events).await, ["invalidated", "started", "succeeded"]);

    drop(cache);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_denial_that_is_raised_again_is_told_once() {
    let source = Scripted::new();
    source.fails(ErrorKind::AccessDenied);
    let cache = source.cache();
    let mut events = cache.subscribe();

    for _ in 0..3 {
        assert!(call(&cache).await.is_err());
    }

    assert_eq!(told(&mut events).await, ["started", "failed, raised", "backed off"]);
}

#[tokio::test]
async fn events_say_when_which_cache_and_what_comes_next() {
    let source = Scripted::new();
    let cache = source.builder().name("deploy").build();
    let mut events = cache.subscribe();
    source.answers([Answer::LivesFor(seconds(900))]);

    call(&cache).await.unwrap();

    let _started = events.next().await;
    let event = events.next().await.unwrap();
    assert_eq!(event.at, START);
    assert_eq!(event.cache.as_deref(), Some("deploy"));
    let Happening::RefreshSucceeded { expires_at, next_refresh_at, .. } = event.happening else {
        panic!("{event:?}");
    };
    assert_eq!(expires_at, Some(START + seconds(900)));
    // A window of 300 s, and half of a quarter of it earlier.
    assert_eq!(next_refresh_at.unwrap().since(START).as_secs(), 562);

    source.answers([Answer::Forever]);
    cache.refresh().await.unwrap();
    let _started = events.next().await;
    let happening = events.next().await.unwrap().happening;
    let Happening::RefreshSucceeded { expires_at, next_refresh_at, .. } = happening else {
        panic!("{happening:?}");
    };
    assert_eq!((expires_at, next_refresh_at), (None, None));
}

#[tokio::test]
async fn stats_say_when_the_source_is_contacted_next() {
    let source = Scripted::new();
    let cache = source.cache();
    let next = || cache.stats().next_refresh_at.map(|at| at.since(START).as_secs());
    assert_eq!(next(), None, "with the next call");

    call(&cache).await.unwrap();
    assert_eq!(next(), Some(2_587));

    // A failure on the way pauses for ten minutes; the value is due only after that.
    source.fails(ErrorKind::Throttled);
    cache.refresh().await.unwrap_err();
    assert_eq!((next(), cache.stats().is_backed_off), (Some(2_587), true));

    // And not before the pause is over once it is due.
    source.advance(seconds(2_600));
    call(&cache).await.unwrap();
    settle().await;
    assert_eq!((next(), cache.stats().is_backed_off), (Some(2_600 + 375), true));
    cache.invalidate();
    assert_eq!(next(), Some(2_600 + 5), "a pause is short for what is rejected");

    source.advance(seconds(5));
    assert_eq!((next(), cache.stats().is_backed_off), (None, false));

    source.answers([Answer::LivesFor(seconds(3_600))]);
    call(&cache).await.unwrap();
    assert!(next().is_some());
    // Long enough after the last rejection for this one to be no repeated one.
    source.advance(seconds(60));
    cache.invalidate();
    assert_eq!(next(), None, "with the next call, however fresh it is");
}

#[tokio::test]
async fn stats_sum_up_what_happened() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(600));
    source.answers([
        Answer::Fails(ErrorKind::Throttled),
        Answer::Fails(ErrorKind::Throttled),
        Answer::Fails(ErrorKind::TimedOut),
    ]);
    for _ in 0..3 {
        cache.refresh().await.unwrap_err();
        source.advance(seconds(600));
    }
    cache.invalidate();

    let stats = cache.stats();

    assert_eq!((stats.refreshes, stats.failed(), stats.invalidations), (1, 3, 1));
    assert_eq!(stats.failures[&ErrorKind::Throttled], 2);
    assert_eq!(stats.last_error.unwrap().kind(), ErrorKind::TimedOut);
    assert_eq!(stats.refreshed_at, Some(START));
    assert_eq!(stats.time_to_expiry, Some(seconds(1_200)));
    assert_eq!(stats.phase, Phase::Mandatory);
    assert!(!stats.is_refreshing);
    source.advance(seconds(1_200));
    assert_eq!(cache.stats().time_to_expiry, Some(seconds(0)));
}

#[tokio::test]
async fn a_subscriber_that_lags_misses_the_oldest_and_knows_how_many() {
    let source = Scripted::new();
    let cache = source.cache();
    let mut events = cache.subscribe();

    for missed in [36, 72] {
        for _ in 0..50 {
            cache.refresh().await.unwrap();
        }

        assert_eq!(told(&mut events).await.len(), 64);
        assert_eq!(events.missed(), missed);
    }
}

#[tokio::test]
async fn an_observer_that_blocks_or_panics_harms_nobody() {
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let observer = Observer::new(move |_| {
        let _closed = released.lock().unwrap().recv();
        panic!("the observer does not like events");
    });
    let source = Scripted::new();
    let cache = source.builder().observer(observer).build();

    for _ in 0..10 {
        cache.refresh().await.unwrap();
        cache.invalidate();
        call(&cache).await.unwrap();
        // Or the next rejection would be a repeated one.
        source.advance(seconds(60));
    }

    assert_eq!(source.calls(), 20);
    drop(release);
}

#[tokio::test]
async fn one_observer_watches_many_caches() {
    let (sender, told) = mpsc::channel();
    let observer = Observer::new(move |event| {
        let _open = sender.send((event.cache.clone().unwrap().to_string(), name(event)));
    });
    let source = Scripted::new();
    for name in ["a", "b"] {
        let cache = source.builder().observer(observer.clone()).name(name).build();
        call(&cache).await.unwrap();
    }

    let told: Vec<_> = told.iter().take(4).collect();
    let told: Vec<_> = told.iter().map(|(cache, event)| (cache.as_str(), *event)).collect();
    assert_eq!(told, [("a", "started"), ("a", "succeeded"), ("b", "started"), ("b", "succeeded")]);
}

#[tokio::test]
async fn the_warning_names_the_cause_and_the_seconds_to_the_next_attempt() {
    let log = Log::default();
    let _capture = log.capture();
    let source = Scripted::new();
    let clock = source.clock.clone();
    let cache = CredentialsCache::builder(async || {
        let refused = std::io::Error::other("connection refused");
        Err(Error::new(ErrorKind::ConnectionFailed, "cannot reach STS").with_source(refused))
    })
    .clock(clock)
    .name("deploy")
    .chance(|| 0.4)
    .build();

    assert!(call(&cache).await.is_err());
    settle().await;

    let text = log.text();
    for told in [
        "WARN",
        "cannot reach STS",
        "connection refused",
        "callers get this error; the next caller tries again",
        "cache=\"deploy\"",
        "kind=ConnectionFailed",
        "refresh{cache=\"deploy\"}",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[tokio::test]
async fn each_event_has_a_line_with_its_instants_and_durations() {
    let log = Log::default();
    let _capture = log.capture();
    let source = Scripted::new();
    let cache = source.builder().name("deploy").build();

    source.park();
    let calling = tokio::spawn({
        let cache = cache.clone();
        async move { call(&cache).await }
    });
    settle().await;
    source.advance(seconds(1));
    source.release();
    calling.await.unwrap().unwrap();
    cache.invalidate();
    source.fails(ErrorKind::Throttled);
    call(&cache).await.unwrap();
    call(&cache).await.unwrap();
    source.advance(seconds(3_700));
    call(&cache).await.unwrap();
    call(&cache).await.unwrap();

    let text = log.text();
    let lines: Vec<_> =
        text.lines().map(|line| line.split_once("stscreds_cache").unwrap()).collect();
    let told: Vec<_> = lines.iter().map(|(_, rest)| rest.split_once(": ").unwrap().1).collect();
    let remedy = ErrorKind::Throttled.remedy();
    let failed = |consequence, next| {
        format!(
            "refresh failed: scripted failure; {remedy}; {consequence}; next attempt in {next} seconds \
             cache=\"deploy\" kind=Throttled recoverable=true"
        )
    };
    let expected = [
        "refresh started cache=\"deploy\"",
        "refresh succeeded cache=\"deploy\" expires_at=2027-01-15T09:00:01Z \
         next_refresh_at=2027-01-15T08:43:08.500000000Z took_ms=1000.0",
        "invalidated cache=\"deploy\" id=\"AKID-1\"",
        "refresh started cache=\"deploy\"",
        &failed("serving the value although a service rejected it", 5),
        "backing off after a failed refresh cache=\"deploy\" seconds=5.0",
        "refresh started cache=\"deploy\"",
        &failed("serving the expired value", 10),
        "serving a value past its expiry while refreshes fail cache=\"deploy\" \
         expired_at=2027-01-15T09:00:01Z",
    ];
    assert_eq!(told, expected, "{text}");
}

#[tokio::test]
async fn the_warning_of_a_backoff_says_how_long_it_is() {
    let log = Log::default();
    let _capture = log.capture();
    let source = Scripted::new();
    let cache =
        source.builder().policy(stscreds_cache::RefreshPolicy::aws_sdk()).chance(|| 0.4).build();
    call(&cache).await.unwrap();
    source.advance(seconds(3_600));
    source.fails(ErrorKind::Throttled);

    call(&cache).await.unwrap();

    let text = log.text();
    assert!(text.contains("scripted failure"), "{text}");
    assert!(text.contains("next attempt in 420 seconds"), "{text}");
}
