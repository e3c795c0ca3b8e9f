//! Numbers that make no sense: defined, no panic, no loop.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use stscreds_cache::policy::{Backoff, Jitter, ScaledBackoff, Spread, Window};
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{ErrorKind, Timestamp};
use tokio::runtime::Builder;

use crate::scripted::{Answer, START, Scripted, call, seconds, settle};

const DAY: Duration = seconds(86_400);
const YEAR: Duration = seconds(365 * 86_400);

/// Calls ten times in one instant with this policy; how often the source was asked.
async fn asked(policy: RefreshPolicy, answer: Answer) -> u32 {
    let source = Scripted::new();
    source.answers([answer]);
    let cache = source.builder().policy(policy).build();
    for _ in 0..10 {
        let _told = call(&cache).await;
        settle().await;
    }
    source.calls()
}

fn policy(change: impl FnOnce(&mut RefreshPolicy)) -> RefreshPolicy {
    let mut policy = RefreshPolicy::default();
    change(&mut policy);
    policy
}

#[tokio::test]
async fn windows_of_nothing_and_of_for_ever_are_defined() {
    for window in [Duration::ZERO, Duration::from_nanos(1), YEAR, Duration::MAX] {
        let advisory = policy(|it| it.advisory = Window::Fixed(window));
        assert_eq!(asked(advisory, Answer::LivesFor(seconds(3_600))).await, 1);
        let mandatory = policy(|it| it.mandatory = window);
        assert_eq!(asked(mandatory, Answer::LivesFor(seconds(3_600))).await, 1);
    }
}

#[tokio::test]
async fn a_go_window_of_for_ever_asks_once_for_each_call() {
    let go = RefreshPolicy::go_classic(Duration::MAX, f64::INFINITY);
    // All of the window is jitter, and half of it was drawn.
    assert_eq!(asked(go, Answer::LivesFor(seconds(3_600))).await, 10);
    let go = RefreshPolicy::go_classic(Duration::ZERO, f64::NEG_INFINITY);
    assert_eq!(asked(go, Answer::LivesFor(seconds(3_600))).await, 1);
}

#[tokio::test]
async fn jitter_outside_of_its_range_is_the_nearest_within() {
    for jitter in [-1.0, 0.0, 1.0, 2.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let earlier = policy(|it| it.jitter = Jitter::Earlier(jitter));
        assert_eq!(asked(earlier, Answer::LivesFor(seconds(3_600))).await, 1);
        let later = policy(|it| it.jitter = Jitter::Later(jitter));
        assert_eq!(asked(later, Answer::LivesFor(seconds(3_600))).await, 1);
    }
}

#[tokio::test]
async fn chance_that_is_no_number_is_zero() {
    for drawn in [f64::NAN, -7.0, 7.0] {
        let source = Scripted::new();
        let cache = source.builder().chance(move || drawn).build();
        call(&cache).await.unwrap();
        source.fails(ErrorKind::Throttled);
        assert!(cache.refresh().await.is_err());
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    }
}

#[tokio::test]
async fn backoffs_of_any_numbers_end_in_a_value() {
    let enormous = Spread::exactly(Duration::MAX);
    for backoff in [
        Backoff::Off,
        Backoff::Uniform(enormous),
        Backoff::Uniform(Spread::between(seconds(9), Duration::ZERO)),
        Backoff::Scaled(ScaledBackoff {
            share_from: f64::NAN,
            share_to: -2.0,
            shortest: Duration::MAX,
            longest: Duration::ZERO,
            cap: enormous,
        }),
    ] {
        let source = Scripted::new();
        let cache = source.builder().policy(policy(|it| it.backoff = backoff)).build();
        call(&cache).await.unwrap();
        source.advance(seconds(3_550));
        source.fails(ErrorKind::Throttled);
        assert_eq!(call(&cache).await, Ok("AKID-1".into()), "{backoff:?}");
        assert_eq!(call(&cache).await, Ok("AKID-1".into()), "{backoff:?}");
    }
}

#[tokio::test]
async fn expiries_before_the_epoch_and_in_the_year_10000_are_defined() {
    let ancient = Answer::ExpiresAt(Timestamp::from_unix_seconds(-62_135_596_800));
    let source = Scripted::new();
    source.answers([ancient]);
    assert_eq!(call(&source.cache()).await, Err(ErrorKind::ExpiredOnArrival));

    let distant = Answer::ExpiresAt(Timestamp::from_unix_seconds(253_402_300_800));
    for policy in [
        RefreshPolicy::default(),
        RefreshPolicy::aws_sdk(),
        RefreshPolicy::go_classic(seconds(300), 0.5),
    ] {
        assert_eq!(asked(policy, distant.clone()).await, 1);
    }
}

async fn jumping() -> (Scripted, CredentialsCache) {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    (source, cache)
}

#[tokio::test]
async fn a_clock_that_jumps_back_a_day_serves_what_is_still_valid() {
    let (source, cache) = jumping().await;

    source.clock.set(START - DAY);
    for _ in 0..10 {
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    }
    assert_eq!(source.calls(), 1);

    source.clock.set(START + seconds(3_600));
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn a_clock_that_jumps_forward_a_year_asks_once_and_back_again_too() {
    let (source, cache) = jumping().await;

    source.advance(YEAR);
    for _ in 0..10 {
        assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    }
    source.clock.set(START);
    for _ in 0..10 {
        assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    }

    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_clock_that_runs_a_year_ahead_of_the_server_raises_and_makes_no_loop() {
    let (source, cache) = jumping().await;
    source.advance(YEAR);
    source.answers([Answer::ExpiresAt(START + seconds(3_600))]);

    for _ in 0..10 {
        assert_eq!(call(&cache).await, Err(ErrorKind::ExpiredOnArrival));
    }

    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn the_last_instant_there_is_is_expired_but_not_for_what_never_expires() {
    let (source, cache) = jumping().await;
    source.clock.set(Timestamp::MAX);
    assert!(cache.peek().is_none());

    source.answers([Answer::Forever]);
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(cache.peek().unwrap().expires_at(), None);
    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_load_timeout_of_nothing_still_takes_what_is_there_at_once() {
    let source = Scripted::new();
    let cache =
        source.builder().policy(policy(|it| it.load_timeout = Some(Duration::ZERO))).build();
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));

    source.answers([Answer::Hangs]);
    assert_eq!(cache.refresh().await.unwrap_err().kind(), ErrorKind::TimedOut);

    let source = Scripted::new();
    let forever = policy(|it| it.load_timeout = Some(Duration::MAX));
    assert_eq!(call(&source.builder().policy(forever).build()).await, Ok("AKID-1".into()));
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::from_nanos(1)),
        Just(Duration::MAX),
        any::<u64>().prop_map(Duration::from_nanos),
        (0..100_000_u64).prop_map(seconds),
    ]
}

fn any_policy() -> impl Strategy<Value = RefreshPolicy> {
    let spread = || (duration(), duration()).prop_map(|(from, to)| Spread::between(from, to));
    let scaled = (any::<f64>(), any::<f64>(), duration(), duration(), spread()).prop_map(
        |(share_from, share_to, shortest, longest, cap)| {
            Backoff::Scaled(ScaledBackoff { share_from, share_to, shortest, longest, cap })
        },
    );
    let backoff = prop_oneof![Just(Backoff::Off), spread().prop_map(Backoff::Uniform), scaled];
    let jitter = (any::<f64>(), any::<bool>()).prop_map(|(share, is_late)| {
        if is_late { Jitter::Later(share) } else { Jitter::Earlier(share) }
    });
    let base = prop_oneof![
        Just(RefreshPolicy::default()),
        Just(RefreshPolicy::aws_sdk()),
        (duration(), any::<f64>())
            .prop_map(|(window, frac)| RefreshPolicy::go_classic(window, frac)),
    ];
    let durations = (duration(), duration(), duration());
    let parts = (base, durations, jitter, backoff, spread());
    parts.prop_map(|(mut policy, (advisory, mandatory, stale), jitter, backoff, remember)| {
        policy.advisory = Window::Fixed(advisory);
        policy.mandatory = mandatory;
        policy.max_stale = stale;
        policy.jitter = jitter;
        policy.backoff = backoff;
        policy.remember = remember;
        policy
    })
}

proptest! {
    #[test]
    fn no_numbers_make_it_panic_or_contact_more_often_than_it_is_asked(
        policy in any_policy(),
        chance in any::<f64>(),
        steps in vec((any::<u64>(), any::<u64>(), 0..4_u8), 1..12),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let source = Scripted::new();
            let cache = source.builder().policy(policy).chance(move || chance).build();
            for (asked, (now, expiry, kind)) in (1..).zip(steps) {
                source.clock.set(Timestamp::from_unix_nanos(now));
                source.answers([match kind {
                    0 => Answer::ExpiresAt(Timestamp::from_unix_nanos(expiry)),
                    1 => Answer::Forever,
                    2 => Answer::Fails(ErrorKind::AccessDenied),
                    _ => Answer::Fails(ErrorKind::Throttled),
                }]);
                let _told = call(&cache).await;
                settle().await;
                let _shown = format!("{:?}", cache.stats());
                assert!(source.calls() <= asked);
            }
        });
    }
}
