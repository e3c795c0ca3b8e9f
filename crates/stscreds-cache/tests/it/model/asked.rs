//! A source that is answered from outside, and the cache over it.

use std::sync::{Arc, Mutex};

use stscreds_cache::{ClockSkew, CredentialsCache, RefreshPolicy};
use stscreds_core::{Clock, Credentials, Error, ManualClock, TimeSource, Timestamp};
use tokio::sync::oneshot;

use super::naive::{Answer, Handler, Preset, Setting};
use crate::scripted::{START, seconds};

/// A source that is answered from outside.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Contacts>>);

#[derive(Default)]
struct Contacts {
    begun: u32,
    under_way: Option<oneshot::Sender<Answer>>,
}

impl Asked {
    async fn answer(&self) -> Answer {
        let (sender, answer) = oneshot::channel();
        {
            let mut contacts = self.0.lock().unwrap();
            contacts.begun += 1;
            let before = contacts.under_way.replace(sender);
            assert!(before.is_none_or(|before| before.is_closed()), "two contacts at one time");
        }
        answer.await.unwrap()
    }

    pub(super) fn begun(&self) -> u32 {
        self.0.lock().unwrap().begun
    }

    pub(super) fn land(&self, answer: Answer) {
        let asking = self.0.lock().unwrap().under_way.take().unwrap();
        assert!(asking.send(answer).is_ok(), "nobody asks any more");
    }
}

/// Where the server's clock is when the local one is at `local`.
fn on_server(local: Timestamp, ahead: i64) -> Timestamp {
    let amount = seconds(ahead.unsigned_abs());
    if ahead < 0 { local - amount } else { local + amount }
}

fn after(start: Timestamp, lifetime: i64) -> Timestamp {
    let amount = seconds(lifetime.unsigned_abs());
    if lifetime < 0 { start - amount } else { start + amount }
}

fn credentials(key: &str, expiry: Timestamp) -> Credentials {
    Credentials::builder(key, "secret").expires_at(expiry).build()
}

/// A cache of this setting over this source, with the server's clock so far ahead.
pub(super) fn cache(
    setting: Setting,
    ahead: Option<i64>,
    clock: &ManualClock,
    source: Asked,
) -> CredentialsCache {
    let policy = match setting.preset {
        Preset::Ours => RefreshPolicy::default(),
        Preset::Sdk => RefreshPolicy::aws_sdk(),
        Preset::Go => RefreshPolicy::go_classic(seconds(300), 0.5),
    };
    let drawn = [0.0, 0.25, 0.5, 0.75, 1.0][usize::try_from(setting.quarters).unwrap()];
    let local = clock.clone();
    let (began, start) = (clock.since_boot().unwrap(), on_server(START, ahead.unwrap_or_default()));
    // The server's clock is never set. Without a skew to go by, the local clock is the measure.
    let server = move || match ahead {
        Some(_) => start + (local.since_boot().unwrap() - began),
        None => local.now(),
    };
    let answering = server.clone();
    let builder = CredentialsCache::builder(move || {
        let (source, server) = (source.clone(), answering.clone());
        async move {
            match source.answer().await {
                Answer::Yields(key, lifetime) => Ok(credentials(&key, after(server(), lifetime))),
                Answer::Forever(key) => Ok(Credentials::new(key, "secret")),
                Answer::Fails(kind) => Err(Error::new(kind, "as the schedule says")),
                Answer::Panics => panic!("as the schedule says"),
                Answer::Never => std::future::pending().await,
            }
        }
    })
    .policy(policy)
    .clock(Clock::from(clock.clone()))
    .chance(move || drawn);
    let builder = match ahead {
        None => builder,
        Some(_) => {
            let skew = ClockSkew::new();
            skew.observe(start, START);
            builder.clock_skew(skew)
        }
    };
    let builder = match setting.handler {
        None => builder,
        Some(Handler::Yields(lifetime)) => builder
            .handle_failure(move |_, _| Ok(credentials("HANDLER", after(server(), lifetime)))),
        Some(Handler::Fails(kind)) => {
            builder.handle_failure(move |_, _| Err(Error::new(kind, "as the handler says")))
        }
    };
    match setting.adjusted {
        None => builder.build(),
        Some(due) => {
            let clock = clock.clone();
            builder.adjust_expiry(move |_, _| Ok(after(clock.now(), due))).build()
        }
    }
}
