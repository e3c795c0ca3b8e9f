//! Credentials in a cache: once, whatever the number of handles, and nowhere after it.

use std::sync::Arc;
use std::time::Duration;

use stscreds_aws_sdk::SdkCache;
use stscreds_cache::CredentialsCache;
use stscreds_core::{Clock, Credentials, CredentialsProvider, Error, ManualClock, Timestamp};

use crate::planted::Planted;

/// Yields the secrets in turn, each for an hour.
struct InTurn {
    secrets: Arc<Vec<Planted>>,
    next: std::sync::atomic::AtomicUsize,
    clock: Clock,
}

#[async_trait::async_trait]
impl CredentialsProvider for InTurn {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let turn = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let secret = &self.secrets[turn];
        Ok(Credentials::builder(format!("ASIA{turn}"), secret.text())
            .session_token(secret.text())
            .expires_at(self.clock.now() + Duration::from_secs(3600))
            .build())
    }
}

fn in_turn(clock: &ManualClock) -> (Arc<Vec<Planted>>, InTurn) {
    let secrets = Arc::new(vec![Planted::new(300), Planted::new(300), Planted::new(300)]);
    let provider =
        InTurn { secrets: Arc::clone(&secrets), next: 0.into(), clock: clock.clone().into() };
    (secrets, provider)
}

fn clock() -> ManualClock {
    ManualClock::at(Timestamp::from_unix_seconds(1_900_000_000))
}

/// How often the secret of each turn stands in memory.
fn copies(secrets: &[Planted]) -> Vec<usize> {
    secrets.iter().map(Planted::copies).collect()
}

#[tokio::test]
async fn credentials_exist_once_in_all_stripes_and_are_gone_with_the_next_refresh() {
    let clock = clock();
    let (secrets, provider) = in_turn(&clock);
    let cache = CredentialsCache::builder(provider).clock(clock.clone()).build();

    // Secret and token are the same text here: two of it are one of each.
    let handles: Vec<_> = vec![cache.credentials().await.unwrap(); 50];
    assert_eq!(copies(&secrets), [2, 0, 0]);
    drop(handles);

    clock.advance(Duration::from_secs(3600));
    cache.credentials().await.unwrap();
    assert_eq!(copies(&secrets), [0, 2, 0]);

    cache.refresh().await.unwrap();
    assert_eq!(copies(&secrets), [0, 0, 2]);

    drop(cache);
    tokio::task::yield_now().await;
    assert_eq!(copies(&secrets), [0, 0, 0]);
}

#[tokio::test]
async fn a_reader_keeps_what_it_read_until_it_looks_again() {
    let clock = clock();
    let (secrets, provider) = in_turn(&clock);
    let cache = CredentialsCache::builder(provider).clock(clock.clone()).build();
    cache.credentials().await.unwrap();
    let mut reader = cache.reader();
    reader.with(|_| ()).unwrap();

    cache.refresh().await.unwrap();
    assert_eq!(copies(&secrets), [2, 2, 0]);

    reader.with(|_| ()).unwrap();
    assert_eq!(copies(&secrets), [0, 2, 0]);
}

#[tokio::test]
async fn the_sdks_form_is_one_more_copy_and_goes_with_ours() {
    let clock = clock();
    let (secrets, provider) = in_turn(&clock);
    let cache = SdkCache::configured(provider, |cache| cache.clock(clock.clone()));

    cache.credentials().await.unwrap();
    assert_eq!(copies(&secrets), [4, 0, 0], "ours and the SDK's, of a secret and a token");

    cache.refresh().await.unwrap();
    assert_eq!(copies(&secrets), [0, 4, 0]);

    drop(cache);
    tokio::task::yield_now().await;
    assert_eq!(copies(&secrets), [0, 0, 0]);
}
