//! What breaks a rule is objected to, and the schedule that shows it becomes short.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use soak::{Cast, Rule, Schedule, Step, Subject, Upstream, play};
use stscreds_core::{Clock, Credentials, CredentialsProvider, Error, ErrorKind};

/// One of a few runs with this in the place of our caches is objected to by this rule, and so
/// is one of so few steps.
#[track_caller]
fn check(rule: Rule, build: fn(Upstream) -> Arc<dyn Subject>, most_steps: usize) {
    let cast = Cast::Only(build);
    let breaks = |schedule: &Schedule| {
        let violation = play(schedule, &cast).violation;
        violation.is_some_and(|violation| violation.rule == rule)
    };

    // What is broken in one way breaks other rules too, and a run ends with the first.
    let broken = (0..8).map(|seed| Schedule::of(seed, 12)).filter(breaks);
    let mut shortened = broken.map(|schedule| schedule.shortest(breaks));

    let found = shortened.find(|schedule| schedule.steps.len() <= most_steps);
    assert!(found.is_some(), "no run is objected to and leads to a short schedule");
}

/// A cache with everything that a broken one lacks a piece of.
struct Naive {
    upstream: Upstream,
    kept: Mutex<Option<Credentials>>,
    turn: tokio::sync::Mutex<()>,
}

impl Naive {
    fn new(upstream: Upstream) -> Self {
        Self { upstream, kept: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    fn kept(&self) -> Option<Credentials> {
        self.kept.lock().unwrap().clone()
    }

    fn valid(&self, clock: &Clock) -> Option<Credentials> {
        self.kept().filter(|kept| !kept.is_expired_at(clock.now()))
    }

    async fn fetch(&self) -> Result<Credentials, Error> {
        let fetched = self.upstream.provider.credentials().await?;
        if fetched.is_expired_at(self.upstream.clock.now()) {
            return Err(Error::new(ErrorKind::ExpiredOnArrival, "it has expired"));
        }
        *self.kept.lock().unwrap() = Some(fetched.clone());
        Ok(fetched)
    }
}

macro_rules! broken {
    ($name:ident, |$naive:ident| $credentials:expr) => {
        struct $name(Naive);

        impl $name {
            fn build(upstream: Upstream) -> Arc<dyn Subject> {
                Arc::new(Self(Naive::new(upstream)))
            }
        }

        #[async_trait]
        impl Subject for $name {
            async fn credentials(&self) -> Result<Credentials, Error> {
                let $naive = &self.0;
                $credentials
            }
        }
    };
}

broken!(ForEver, |naive| {
    let _turn = naive.turn.lock().await;
    match naive.kept() {
        Some(kept) => Ok(kept),
        None => naive.fetch().await,
    }
});

#[test]
fn a_cache_that_serves_expired_values_is_objected_to() {
    check(Rule::Fresh, ForEver::build, 3);
}

broken!(Bare, |naive| {
    let _turn = naive.turn.lock().await;
    naive.fetch().await
});

#[test]
fn a_provider_without_a_cache_is_objected_to() {
    check(Rule::Pace, Bare::build, 1);
}

broken!(Herd, |naive| match naive.valid(&naive.upstream.clock) {
    Some(kept) => Ok(kept),
    None => naive.fetch().await,
});

#[test]
fn a_cache_without_a_single_flight_is_objected_to() {
    check(Rule::OneFlight, Herd::build, 2);
}

broken!(Strict, |naive| {
    let _turn = naive.turn.lock().await;
    // Due four minutes before its expiry, and a failure of its refresh is the end of it.
    let soon = naive.upstream.clock.now() + Duration::from_secs(240);
    match naive.kept().filter(|kept| !kept.is_expired_at(soon)) {
        Some(kept) => Ok(kept),
        None => naive.fetch().await,
    }
});

#[test]
fn a_cache_that_withholds_valid_values_is_objected_to() {
    check(Rule::Served, Strict::build, 3);
}

broken!(Stuck, |naive| {
    match naive.valid(&naive.upstream.clock) {
        Some(kept) => Ok(kept),
        // Whoever comes while another one fetches waits, and nobody tells them.
        None => match naive.turn.try_lock() {
            Ok(_turn) => naive.fetch().await,
            Err(_) => std::future::pending().await,
        },
    }
});

#[test]
fn a_cache_that_leaves_callers_without_an_answer_is_objected_to() {
    check(Rule::Answered, Stuck::build, 1);
}

broken!(Leaky, |naive| {
    let _turn = naive.turn.lock().await;
    match naive.valid(&naive.upstream.clock) {
        Some(kept) => Ok(kept),
        None => {
            tokio::spawn(std::future::pending::<()>());
            naive.fetch().await
        }
    }
});

#[test]
fn a_task_that_is_left_behind_is_objected_to() {
    let silent = Schedule::of(3, 16).with(Vec::new());

    let violation = play(&silent, &Cast::Only(Leaky::build)).violation.unwrap();

    assert_eq!(violation.rule, Rule::NoTask, "{violation}");
}

broken!(Sly, |naive| {
    let _turn = naive.turn.lock().await;
    // Asks STS each time, behind the back of who counts.
    naive.upstream.uncounted.credentials().await
});

#[test]
fn calls_that_no_contact_accounts_for_are_objected_to() {
    check(Rule::Calls, Sly::build, 0);
}

/// Says that it keeps its value fresh, and only does so when it is asked.
struct Sleepy(Naive);

impl Sleepy {
    fn build(upstream: Upstream) -> Arc<dyn Subject> {
        Arc::new(Self(Naive::new(upstream)))
    }
}

#[async_trait]
impl Subject for Sleepy {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let _turn = self.0.turn.lock().await;
        match self.0.valid(&self.0.upstream.clock) {
            Some(kept) => Ok(kept),
            None => self.0.fetch().await,
        }
    }

    fn is_fresh_uncalled(&self) -> bool {
        self.0.valid(&self.0.upstream.clock).is_some()
    }
}

#[test]
fn a_cache_that_sleeps_while_nobody_calls_although_it_must_not_is_objected_to() {
    let quiet = vec![Step::Wait { seconds: 60 }, Step::Quiet { seconds: 4000 }];
    let schedule = Schedule::of(1, 0).with(quiet);

    let violation = play(&schedule, &Cast::Only(Sleepy::build)).violation.unwrap();

    assert_eq!(violation.rule, Rule::Fresh, "{violation}");
}

broken!(Talkative, |naive| {
    let _turn = naive.turn.lock().await;
    match naive.valid(&naive.upstream.clock) {
        Some(kept) => Ok(kept),
        None => {
            let fetched = naive.fetch().await?;
            tracing::debug!(target: "stscreds", "{}", fetched.secret_access_key().expose());
            Ok(fetched)
        }
    }
});

#[test]
fn a_secret_in_a_log_line_is_objected_to() {
    check(Rule::Silence, Talkative::build, 1);
}

broken!(Given, |naive| {
    let _turn = naive.turn.lock().await;
    // Gives up for ever after the first failure.
    static GIVEN_UP: LazyLock<Mutex<Vec<usize>>> = LazyLock::new(Mutex::default);
    let this = std::ptr::from_ref(naive).addr();
    let error = || Error::new(ErrorKind::ServiceUnavailable, "given up");
    if GIVEN_UP.lock().unwrap().contains(&this) {
        return Err(error());
    }
    match naive.valid(&naive.upstream.clock) {
        Some(kept) => Ok(kept),
        None => naive.fetch().await.inspect_err(|_| GIVEN_UP.lock().unwrap().push(this)),
    }
});

#[test]
fn a_cache_that_never_recovers_is_objected_to() {
    check(Rule::Recovered, Given::build, 2);
}
