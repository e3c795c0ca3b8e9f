use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use stscreds_cache::{BlockingCredentials, CredentialsCache};
use stscreds_core::{Credentials, Error, ErrorKind, ManualClock, Timestamp};

const START: Timestamp = Timestamp::from_unix_seconds(1_900_000_000);

/// Sessions of an hour from a source that counts its calls.
fn counted(clock: &ManualClock) -> (CredentialsCache, Arc<AtomicUsize>) {
    let calls = Arc::<AtomicUsize>::default();
    let (noted, now) = (Arc::clone(&calls), clock.clone());
    let provider = move || {
        let number = noted.fetch_add(1, Ordering::SeqCst) + 1;
        let expiry = now.now() + Duration::from_secs(3_600);
        let builder = Credentials::builder(format!("ASIA{number}"), "s").session_token("t");
        std::future::ready(Ok::<_, Error>(builder.expires_at(expiry).build()))
    };
    (CredentialsCache::builder(provider).clock(clock.clone()).build(), calls)
}

#[test]
fn a_program_without_async_gets_credentials_and_each_expiry_costs_one_call() {
    let clock = ManualClock::at(START);
    let (cache, calls) = counted(&clock);
    let blocking = BlockingCredentials::over(cache).unwrap();

    for hour in 1..=3 {
        for _ in 0..10 {
            let credentials = blocking.credentials().unwrap();
            assert_eq!(credentials.access_key_id(), format!("ASIA{hour}"));
        }
        assert_eq!(calls.load(Ordering::SeqCst), hour);
        clock.advance(Duration::from_secs(3_601));
    }
}

#[test]
fn many_threads_that_wait_cost_one_call() {
    let (cache, calls) = counted(&ManualClock::at(START));
    let blocking = BlockingCredentials::over(cache).unwrap();

    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| blocking.credentials().unwrap());
        }
    });

    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[test]
fn the_source_waits_on_the_thread_of_the_cache() {
    let (said, heard) = channel();
    let blocking = BlockingCredentials::new(move || {
        said.send(std::thread::current().name().map(str::to_owned)).unwrap();
        // Needs the timer of a runtime.
        let pause = tokio::time::sleep(Duration::from_millis(1));
        async move {
            pause.await;
            Ok(Credentials::new("AKIAEXAMPLE", "s"))
        }
    });

    blocking.unwrap().credentials().unwrap();

    assert_eq!(heard.recv().unwrap().as_deref(), Some("stscreds"));
}

#[test]
fn inside_of_a_runtime_it_is_an_error_and_dropping_it_there_no_panic() {
    for runtime in [
        tokio::runtime::Builder::new_current_thread().build().unwrap(),
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap(),
    ] {
        let (cache, calls) = counted(&ManualClock::at(START));
        let blocking = BlockingCredentials::over(cache).unwrap();

        let error = runtime.block_on(async move { blocking.credentials().unwrap_err() });

        assert_eq!(
            (error.kind(), calls.load(Ordering::SeqCst)),
            (ErrorKind::InvalidConfiguration, 0)
        );
        assert!(error.to_string().contains("inside of a Tokio runtime"), "{error}");
    }
}

#[test]
fn an_async_caller_shares_the_cache() {
    let (cache, calls) = counted(&ManualClock::at(START));
    let blocking = BlockingCredentials::over(cache.clone()).unwrap();
    let first = blocking.credentials().unwrap();

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let second = runtime.block_on(cache.credentials()).unwrap();

    assert!(first.ptr_eq(&second));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert!(blocking.cache().peek().is_some());
}

#[test]
fn an_error_of_the_source_is_returned() {
    let denied = async || Err(Error::new(ErrorKind::AccessDenied, "denied"));

    let error = BlockingCredentials::new(denied).unwrap().credentials().unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}
