//! The caches that are compared. To add one, implement [`Contender`](crate::Contender) in a
//! file of this folder and name it in [`all`].

mod behind_lock;
mod by_everyone;
mod cells;
mod moka;
mod ours;
mod ours_for_sdk;
mod sdk_lazy;
mod sdk_seam;
mod while_stale;

/// The one of the front page, where it would be pasted.
#[cfg(test)]
#[path = "../example/mine.rs"]
mod example;

use std::time::Duration;

use stscreds_cache::RefreshPolicy;
use stscreds_cache::policy::{Backoff, Window};
use stscreds_core::{Clock, TimeSource, Timestamp};

use self::ours::Ours;
use crate::contender::Entry;
use crate::upstream::Upstream;

pub(crate) use ours::builder as ours;
pub(crate) use sdk_lazy::crowd_of_lazy;
pub(crate) use sdk_seam::Seam;

/// Every contender, ours first.
#[must_use]
pub fn all() -> Vec<Entry> {
    vec![
        Entry::of::<Ours<ours::AsItComes>>(),
        Entry::of::<Ours<ours::Lean>>(),
        Entry::of::<ours::Peek>(),
        Entry::of::<ours::AsProvider>(),
        Entry::of::<Ours<ours::AwsPolicy>>(),
        Entry::of::<Ours<ours::GoPolicy>>(),
        Entry::of::<ours_for_sdk::Provider>(),
        Entry::of::<ours_for_sdk::IdentityCache>(),
        Entry::of::<sdk_lazy::Lazy>(),
        Entry::of::<sdk_lazy::LazyOverOurs>(),
        Entry::of::<by_everyone::StdMutex>(),
        Entry::of::<by_everyone::StdRwLock>(),
        Entry::of::<by_everyone::ParkingLotMutex>(),
        Entry::of::<by_everyone::ParkingLotRwLock>(),
        Entry::of::<by_everyone::Watch>(),
        Entry::of::<by_everyone::Swap>(),
        Entry::of::<by_everyone::SwapCoarse>(),
        Entry::of::<while_stale::SwapWhileStale>(),
        Entry::of::<behind_lock::TokioMutex>(),
        Entry::of::<behind_lock::TokioRwLock>(),
        Entry::of::<moka::Moka>(),
    ]
}

/// Our default policy; for credentials that live for seconds, with its absolute times
/// scaled as the lifetime is, from an hour down.
fn scaled_policy(upstream: &Upstream) -> RefreshPolicy {
    let mut policy = RefreshPolicy::default();
    if upstream.lifetime() < HOUR {
        policy.advisory = Window::Fixed(upstream.ahead());
        policy.mandatory = upstream.ahead() / 8;
        policy.max_stale = Duration::ZERO;
        if let Backoff::Scaled(backoff) = &mut policy.backoff {
            backoff.shortest = upstream.lifetime() / 100;
            backoff.cap.from = upstream.lifetime() / 10;
            backoff.cap.to = upstream.lifetime() / 5;
        }
    }
    policy
}

/// The clock of a cache of ours: the one it takes by itself, unless time stands still.
fn clock_for(upstream: &Upstream) -> Clock {
    match upstream.still() {
        None => Clock::coarse(),
        Some(at) => Clock::custom(Still(at.into())),
    }
}

#[derive(Debug)]
struct Still(Timestamp);

impl TimeSource for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

const HOUR: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_contenders_share_a_name() {
        let names: BTreeSet<_> = all().iter().map(|entry| entry.name).collect();

        assert_eq!(names.len(), all().len());
    }

    #[test]
    fn the_contender_of_the_front_page_works_where_it_is_pasted() {
        let entry = Entry::of::<example::Mine>();

        assert_eq!(entry.build(Upstream::instant()).get_here(3), Ok(()));
    }
}
