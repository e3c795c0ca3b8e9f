//! A local clock that differs from the server's.

use stscreds_cache::event::Happening;
use stscreds_cache::policy::Phase;
use stscreds_cache::{ClockSkew, CredentialsCache};
use stscreds_core::{Clock, Credentials, Error, ManualClock, TimeSource, Timestamp};

use crate::scripted::{Answer, START, Scripted, call, seconds};

/// Where callers begin to wait for a value that the server says lives an hour, when
/// the server's clock is at `server`.
async fn mandatory_at(server: Timestamp) -> Timestamp {
    let skew = ClockSkew::new();
    skew.observe(server, START);
    let source = Scripted::new();
    source.answers([Answer::ExpiresAt(server + seconds(3_600))]);
    let cache = source.builder().clock_skew(skew).build();

    call(&cache).await.unwrap();

    // What the value itself says is the server's word.
    assert_eq!(cache.peek().unwrap().expires_at(), Some(server + seconds(3_600)));
    cache.stats().deadlines.unwrap().mandatory_at
}

#[tokio::test]
async fn an_hour_is_an_hour_whatever_the_clocks_say() {
    for server in [START, START + seconds(7_200), START - seconds(7_200)] {
        assert_eq!(mandatory_at(server).await, START + seconds(3_540));
    }
}

#[tokio::test]
async fn a_clock_an_hour_fast_does_not_make_values_arrive_expired() {
    let source = Scripted::new();
    let skew = ClockSkew::new();
    source.answers([Answer::ExpiresAt(START - seconds(2_700))]);
    let cache = source.builder().clock_skew(skew.clone()).build();
    assert!(call(&cache).await.is_err());

    skew.observe(START - seconds(3_600), START);

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

/// A cache over sessions of 900 seconds of a server whose `Date` it sees at each contact.
struct Skewed {
    local: ManualClock,
    server: ManualClock,
    cache: CredentialsCache,
}

impl Skewed {
    /// The local clock is so far ahead of the server's, or behind it.
    fn new(ahead: i64) -> Self {
        let server = ManualClock::at(START);
        let amount = seconds(ahead.unsigned_abs());
        let local = ManualClock::at(if ahead < 0 { START - amount } else { START + amount });
        let (skew, at, here) = (ClockSkew::new(), server.clone(), local.clone());
        let seen = skew.clone();
        let cache = CredentialsCache::builder(move || {
            seen.observe(at.now(), here.now());
            let session = Credentials::builder("AKID", "s").expires_at(at.now() + seconds(900));
            async move { Ok::<_, Error>(session.build()) }
        });
        let cache = cache.clock(local.clone()).clock_skew(skew).chance(|| 0.0).build();
        Self { local, server, cache }
    }

    fn pass(&self, time: u64) {
        self.local.advance(seconds(time));
        self.server.advance(seconds(time));
    }

    /// Sets the local clock, while no time passes.
    fn set_local(&self, by: i64) {
        let (now, amount) = (self.local.now(), seconds(by.unsigned_abs()));
        self.local.set(if by < 0 { now - amount } else { now + amount });
    }

    fn phase(&self) -> Phase {
        self.cache.stats().phase
    }
}

/// An hour fast when the session was opened, then set right or worse: the session was served
/// as fresh for 50 minutes after its end.
#[tokio::test]
async fn a_local_clock_that_is_set_back_prolongs_no_session() {
    for ahead in [-7_200, -3_000, 0, 3_000, 7_200] {
        for set_back_by in [1, 60, 3_000, 86_400, 10_000_000] {
            let skewed = Skewed::new(ahead);
            call(&skewed.cache).await.unwrap();
            skewed.pass(100);

            skewed.set_local(-set_back_by);

            skewed.pass(499);
            assert_eq!(skewed.phase(), Phase::Fresh, "{ahead} {set_back_by}");
            assert!(skewed.cache.with(|_| ()).is_some());
            skewed.pass(1);
            assert_eq!(skewed.phase(), Phase::Advisory);
            skewed.pass(299);
            assert!(skewed.cache.peek().is_some());
            skewed.pass(1);
            assert_eq!(skewed.phase(), Phase::Expired, "{ahead} {set_back_by}");
            assert!(skewed.cache.peek().is_none());
            assert!(skewed.cache.with(|_| ()).is_none());
        }
    }
}

/// A clock that is set ahead looks like a machine that was paused: the refresh comes early
/// and sees the server's time.
#[tokio::test]
async fn a_local_clock_that_is_set_ahead_costs_a_refresh_and_no_more() {
    for ahead in [-7_200, 0, 7_200] {
        let skewed = Skewed::new(ahead);
        call(&skewed.cache).await.unwrap();

        skewed.set_local(3_600);

        assert_eq!(skewed.phase(), Phase::Expired);
        call(&skewed.cache).await.unwrap();
        assert_eq!(skewed.cache.stats().refreshes, 2);
        skewed.pass(599);
        assert_eq!(skewed.phase(), Phase::Fresh);
        skewed.pass(301);
        assert_eq!(skewed.phase(), Phase::Expired);
    }
}

/// Of a snapshot that is resumed later the steady clock knows nothing, and the wall clock
/// jumps.
#[tokio::test]
async fn a_virtual_machine_that_was_paused_finds_its_session_expired() {
    for ahead in [-7_200, 0, 7_200] {
        let skewed = Skewed::new(ahead);
        call(&skewed.cache).await.unwrap();
        skewed.pass(100);

        skewed.set_local(799);
        assert!(skewed.cache.peek().is_some(), "{ahead}");
        skewed.set_local(1);

        assert!(skewed.cache.peek().is_none(), "{ahead}");
        assert_eq!(skewed.cache.with(|_| ()), None);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_a_little_at_a_time_is_noticed_too() {
    let skewed = Skewed::new(0);
    call(&skewed.cache).await.unwrap();

    for _ in 0..3_000 {
        skewed.local.set(skewed.local.now() - std::time::Duration::from_millis(400));
        let _read = skewed.cache.with(|_| ());
    }

    // 1,200 seconds in all.
    skewed.pass(900);
    assert_eq!(skewed.phase(), Phase::Expired);
}

#[tokio::test]
async fn events_and_statistics_are_in_local_time() {
    let skewed = Skewed::new(7_200);
    let mut events = skewed.cache.subscribe();
    call(&skewed.cache).await.unwrap();

    let local = skewed.local.now();
    let deadlines = skewed.cache.stats().deadlines.unwrap();
    assert_eq!(deadlines.expires_at, Some(local + seconds(900)));
    assert_eq!(deadlines.refresh_at, local + seconds(600));
    assert_eq!(skewed.cache.stats().refreshed_at, Some(local));
    let [started, succeeded] = [events.next().await.unwrap(), events.next().await.unwrap()];
    assert_eq!(succeeded.at, local);
    assert!(matches!(started.happening, Happening::RefreshStarted));
    let Happening::RefreshSucceeded { expires_at, next_refresh_at, .. } = succeeded.happening
    else {
        panic!("{succeeded:?}");
    };
    assert_eq!(expires_at, Some(local + seconds(900)));
    assert_eq!(next_refresh_at, Some(local + seconds(600)));
}

#[tokio::test]
async fn an_observation_from_before_the_cache_counts() {
    let (local, skew) = (ManualClock::at(START), ClockSkew::new());
    skew.observe(START - seconds(3_600), START);
    let source = Scripted::new();
    source.answers([Answer::ExpiresAt(START - seconds(2_700))]);
    let cache = CredentialsCache::builder(source).clock(local.clone()).clock_skew(skew).build();
    call(&cache).await.unwrap();

    local.set(START - seconds(86_400));
    local.advance(seconds(900));

    assert!(cache.peek().is_none());
}

/// A custom clock that says nothing of the time that has passed.
#[derive(Debug)]
struct WallOnly(ManualClock);

impl TimeSource for WallOnly {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// Virtual time, say: then the wall clock and the difference are all there is.
#[tokio::test]
async fn a_custom_clock_without_a_steady_time_goes_by_the_difference() {
    let (local, skew) = (ManualClock::at(START), ClockSkew::new());
    skew.observe(START - seconds(3_600), START);
    let source = Scripted::new();
    source.answers([Answer::ExpiresAt(START - seconds(2_700))]);
    let clock = Clock::custom(WallOnly(local.clone()));
    let cache = CredentialsCache::builder(source).clock(clock).clock_skew(skew).build();
    call(&cache).await.unwrap();

    local.advance(seconds(900) - std::time::Duration::from_nanos(1));
    assert!(cache.peek().is_some());
    local.advance(std::time::Duration::from_nanos(1));

    assert!(cache.peek().is_none());
}
