//! Runtimes that stall and sources that block, with the time of the alarms in the test's hand.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::panic;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use stscreds_core::{Credentials, Error, ErrorKind};
use tokio::runtime::{Builder, Runtime};

use crate::alarm::elapse;
use crate::{CredentialsCache, Upkeep};

/// One test at a time, as all share the alarms' time.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The load timeout, and five seconds more.
const PATIENCE: Duration = Duration::from_secs(35);

/// Fails a test that hangs.
fn in_time(test: impl FnOnce() + Send + 'static) {
    let _turn = turn();
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        let outcome = panic::catch_unwind(panic::AssertUnwindSafe(test));
        done.send(outcome).unwrap();
    });
    let outcome = is_done.recv_timeout(Duration::from_secs(60)).expect("the test hangs");
    if let Err(message) = outcome {
        panic::resume_unwind(message);
    }
}

/// A cache whose source returns a value, but for its first call, which does not end.
fn first_call_hangs() -> CredentialsCache {
    let calls = AtomicU32::new(0);
    CredentialsCache::new(move || {
        let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            match call {
                1 => std::future::pending().await,
                _ => Ok::<_, Error>(Credentials::new(format!("AKID-{call}"), "s")),
            }
        }
    })
}

fn untimed() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// Polls once on this runtime, and lets its tasks run.
fn poll_once<T: Future>(runtime: &Runtime, mut future: Pin<&mut T>) {
    runtime.block_on(async {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut cx).is_pending());
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    });
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor that is not tokio's.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn key(result: Result<Credentials, Error>) -> Result<String, String> {
    result.map(|it| it.access_key_id().to_owned()).map_err(|error| error.to_string())
}

#[test]
fn a_caller_that_moved_to_another_runtime_is_not_left_behind_by_the_first() {
    in_time(|| {
        let (stalled, other, cache) = (untimed(), untimed(), first_call_hangs());
        let mut call = pin!(cache.credentials());
        poll_once(&stalled, call.as_mut());

        elapse(PATIENCE);

        assert_eq!(key(other.block_on(call)), Ok("AKID-2".to_owned()));
        assert_eq!(cache.stats().abandoned, 1);
    });
}

#[test]
fn a_caller_inside_of_a_runtime_that_nobody_drives_gets_an_error() {
    in_time(|| {
        let (undriven, cache) = (untimed(), first_call_hangs());
        let _inside = undriven.enter();
        let mut call = pin!(cache.credentials());
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());

        elapse(PATIENCE);

        let told = key(block_on(call)).unwrap_err();
        assert!(told.starts_with("every refresh was abandoned"), "{told}");
        // A second one on the same runtime would stall as well.
        assert_eq!(cache.stats().abandoned, 1);
    });
}

#[test]
fn a_caller_without_a_runtime_does_not_wait_for_a_stalled_one_for_ever() {
    in_time(|| {
        let (stalled, cache) = (untimed(), first_call_hangs());
        poll_once(&stalled, pin!(cache.credentials()));
        let mut call = pin!(cache.credentials());
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());

        elapse(PATIENCE);

        let told = key(block_on(call)).unwrap_err();
        assert!(told.starts_with("cannot refresh: called outside of a Tokio runtime"), "{told}");
    });
}

/// How often tokio panicked for want of a timer.
fn count_timer_panics() -> Arc<AtomicU32> {
    let counted = Arc::new(AtomicU32::new(0));
    let (count, default) = (Arc::clone(&counted), panic::take_hook());
    panic::set_hook(Box::new(move |panic| {
        count.fetch_add(u32::from(panic.to_string().contains("enable_time")), Ordering::SeqCst);
        default(panic);
    }));
    counted
}

#[test]
fn a_runtime_without_a_timer_keeps_the_load_timeout_and_prints_no_panic() {
    in_time(|| {
        let panics = count_timer_panics();
        let cache = CredentialsCache::new(async || {
            // The limit begins after the first poll.
            tokio::task::yield_now().await;
            elapse(Duration::from_secs(30));
            std::future::pending::<Result<Credentials, Error>>().await
        });

        let error = untimed().block_on(cache.credentials()).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(panics.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn upkeep_in_the_background_needs_no_timer_of_the_runtime() {
    in_time(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let cache = CredentialsCache::builder(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok::<_, Error>(Credentials::new("AKID", "s")) }
        });
        let cache = cache.upkeep(Upkeep::InBackground).build();
        untimed().block_on(async {
            cache.credentials().await.unwrap();
            tokio::task::yield_now().await;
            cache.invalidate();
            elapse(Duration::from_secs(5));
            while calls.load(Ordering::SeqCst) < 2 {
                tokio::task::yield_now().await;
            }
        });
    });
}

/// A cache whose source blocks its thread in its second call, until the test lets it go on.
fn blocking(calls: &Arc<AtomicU32>, go_on: Receiver<()>) -> CredentialsCache {
    let (counted, go_on) = (Arc::clone(calls), Mutex::new(go_on));
    CredentialsCache::new(move || {
        let call = counted.fetch_add(1, Ordering::SeqCst) + 1;
        if call == 2 {
            go_on.lock().unwrap().recv().unwrap();
        }
        async move { Ok::<_, Error>(Credentials::new(format!("AKID-{call}"), "s")) }
    })
}

#[test]
fn a_source_that_blocks_its_thread_is_not_called_again_before_it_returns() {
    in_time(|| {
        let (let_go, go_on) = mpsc::channel();
        let calls = Arc::new(AtomicU32::new(0));
        let cache = blocking(&calls, go_on);
        let runtime = Builder::new_multi_thread().worker_threads(3).build().unwrap();
        runtime.block_on(async {
            cache.credentials().await.unwrap();
            let refreshing = tokio::spawn({
                let cache = cache.clone();
                async move { cache.refresh().await }
            });
            while calls.load(Ordering::SeqCst) < 2 {
                tokio::task::yield_now().await;
            }

            elapse(PATIENCE);

            let error = refreshing.await.unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            assert!(error.to_string().contains("blocks its thread"), "{error}");
            // Neither those who want a value lose a worker, nor those who want a new one.
            for _ in 0..10 {
                assert!(cache.refresh_now().await.is_err());
                assert_eq!(key(cache.credentials().await), Ok("AKID-1".to_owned()));
            }
            assert_eq!(calls.load(Ordering::SeqCst), 2);

            let_go.send(()).unwrap();
            let mut renewed = cache.refresh_now().await;
            while renewed.is_err() {
                tokio::task::yield_now().await;
                renewed = cache.refresh_now().await;
            }
            assert_eq!(key(renewed), Ok("AKID-3".to_owned()), "what came late is not installed");
        });
    });
}

#[test]
fn a_person_who_is_asked_has_longer_than_a_stalled_runtime() {
    in_time(|| {
        let is_answered = Arc::new(AtomicBool::new(false));
        let answered = Arc::clone(&is_answered);
        let cache = CredentialsCache::new(move || {
            let answered = Arc::clone(&answered);
            async move {
                let asking = async {
                    while !answered.load(Ordering::SeqCst) {
                        tokio::task::yield_now().await;
                    }
                };
                stscreds_core::interactive(asking).await;
                Ok::<_, Error>(Credentials::new("AKID-MFA", "s"))
            }
        });
        let runtime = untimed();
        let mut call = pin!(cache.credentials());
        poll_once(&runtime, call.as_mut());

        elapse(PATIENCE);
        elapse(PATIENCE);

        poll_once(&runtime, call.as_mut());
        is_answered.store(true, Ordering::SeqCst);
        assert_eq!(key(runtime.block_on(call)), Ok("AKID-MFA".to_owned()));
    });
}
