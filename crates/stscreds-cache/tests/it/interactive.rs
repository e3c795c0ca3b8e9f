//! A person who types an MFA code is not cut off by a limit that is meant for networks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, Error, ErrorKind, interactive};
use tokio::time::{Instant, sleep};

use crate::scripted::{call, in_virtual_time, seconds};

/// A source that talks to the network, asks a person, and talks to the network again.
fn asking(before: u64, person: u64, after: u64) -> (CredentialsCache, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let cache = CredentialsCache::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            sleep(seconds(before)).await;
            interactive(sleep(seconds(person))).await;
            sleep(seconds(after)).await;
            Ok::<_, Error>(Credentials::new("AKID-MFA", "s"))
        }
    });
    (cache, calls)
}

#[test]
fn the_load_timeout_stands_still_while_a_person_is_waited_for() {
    in_virtual_time(async || {
        let (cache, calls) = asking(10, 3_600, 10);
        let began = Instant::now();

        assert_eq!(call(&cache).await, Ok("AKID-MFA".into()));

        assert_eq!(began.elapsed(), seconds(3_620));
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn the_time_before_and_after_the_answer_still_counts() {
    in_virtual_time(async || {
        let (cache, _) = asking(20, 3_600, 20);
        let began = Instant::now();

        assert_eq!(call(&cache).await, Err(ErrorKind::TimedOut));

        assert_eq!(began.elapsed(), seconds(20 + 3_600 + 10));
    });
}

#[test]
fn who_joins_waits_for_the_person_as_well() {
    in_virtual_time(async || {
        let (cache, calls) = asking(0, 3_600, 1);
        let joined = [cache.clone(), cache.clone(), cache.clone()]
            .map(|cache| tokio::spawn(async move { call(&cache).await }));

        for caller in joined {
            assert_eq!(caller.await.unwrap(), Ok("AKID-MFA".into()));
        }
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_cache_over_a_cache_waits_for_the_person_behind_both() {
    in_virtual_time(async || {
        let (inner, calls) = asking(5, 3_600, 5);
        let outer = CredentialsCache::new(inner);

        assert_eq!(call(&outer).await, Ok("AKID-MFA".into()));

        assert_eq!(calls.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_cache_over_a_cache_counts_on_once_the_person_has_answered() {
    in_virtual_time(async || {
        let mut patient = RefreshPolicy::default();
        patient.load_timeout = None;
        let inner = CredentialsCache::builder(async || {
            interactive(sleep(seconds(3_600))).await;
            sleep(seconds(100)).await;
            Ok::<_, Error>(Credentials::new("AKID-MFA", "s"))
        });
        let outer = CredentialsCache::new(inner.policy(patient).build());
        let began = Instant::now();

        assert_eq!(call(&outer).await, Err(ErrorKind::TimedOut));

        assert_eq!(began.elapsed(), seconds(3_600 + 30));
    });
}

/// Whoever leaves while a person is waited for must not leave the limits around it open.
#[test]
fn a_caller_who_leaves_while_a_person_is_waited_for_lets_the_time_count_on() {
    in_virtual_time(async || {
        let (inner, _) = asking(0, 3_600, 0);
        let outer = CredentialsCache::new(move || {
            let inner = inner.clone();
            async move {
                let left = tokio::time::timeout(seconds(600), inner.credentials()).await;
                assert!(left.is_err());
                sleep(seconds(100)).await;
                Ok::<_, Error>(Credentials::new("AKID", "s"))
            }
        });
        let began = Instant::now();

        assert_eq!(call(&outer).await, Err(ErrorKind::TimedOut));

        assert_eq!(began.elapsed(), seconds(600 + 30));
    });
}

#[test]
fn asking_in_another_task_is_covered_where_it_is_awaited() {
    in_virtual_time(async || {
        let cache = CredentialsCache::new(async || {
            let prompt = tokio::spawn(sleep(seconds(600)));
            interactive(prompt).await.unwrap();
            Ok(Credentials::new("AKID-MFA", "s"))
        });

        assert_eq!(call(&cache).await, Ok("AKID-MFA".into()));
    });
}
