//! From events to metrics.

use metrics::{Unit, counter, gauge, histogram};
use metrics::{describe_counter, describe_gauge, describe_histogram};
use stscreds_cache::Observer;
use stscreds_cache::event::{Event, Happening};

use crate::names::{DURATION, EXPIRY, FAILURES, REFRESHES, REJECTIONS, STALE};

/// An observer for the builders of any number of caches.
///
/// It writes to the recorder that is installed when something happens, on the observer's own
/// thread: an exporter that blocks holds no caller up. Names and labels hold no secret.
#[must_use]
pub fn observer() -> Observer {
    describe();
    Observer::new(record)
}

fn describe() {
    describe_counter!(REFRESHES, Unit::Count, "Refreshes that ended, by outcome");
    describe_counter!(FAILURES, Unit::Count, "Refreshes that failed, by kind of error");
    describe_histogram!(DURATION, Unit::Seconds, "How long successful refreshes took");
    describe_gauge!(EXPIRY, Unit::Seconds, "When the cached value expires, since 1970");
    describe_counter!(STALE, Unit::Count, "Pauses in which a value past its expiry was served");
    describe_counter!(REJECTIONS, Unit::Count, "Cached values that were invalidated");
}

fn record(event: &Event) {
    let cache = event.cache.as_deref().unwrap_or("unnamed").to_owned();
    let ended = |outcome| {
        counter!(REFRESHES, "cache" => cache.clone(), "outcome" => outcome).increment(1);
    };
    match &event.happening {
        Happening::RefreshSucceeded { expires_at, took, .. } => {
            ended("ok");
            histogram!(DURATION, "cache" => cache.clone()).record(took.as_secs_f64());
            if let Some(expires_at) = expires_at {
                let seconds = u32::try_from(expires_at.unix_seconds()).unwrap_or(u32::MAX);
                gauge!(EXPIRY, "cache" => cache).set(seconds);
            }
        }
        Happening::RefreshFailed { error, .. } => {
            ended("failed");
            let kind = error.kind().to_string();
            counter!(FAILURES, "cache" => cache, "kind" => kind).increment(1);
        }
        Happening::RefreshAbandoned => ended("abandoned"),
        Happening::StaleServed { .. } => counter!(STALE, "cache" => cache).increment(1),
        Happening::Invalidated { .. } => counter!(REJECTIONS, "cache" => cache).increment(1),
        _ => {}
    }
}
