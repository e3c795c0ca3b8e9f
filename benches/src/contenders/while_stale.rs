use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;
use aws_credential_types::Credentials;
use tokio::sync::Mutex;

use super::cells::{Cell, Dated};
use crate::clock;
use crate::contender::{Contender, Invalidation};
use crate::upstream::{Refused, Upstream};

/// A pointer, a flag and a spawned refresh: what a careful program writes for itself.
/// What is due is served while one task refreshes it; on a miss callers queue.
pub(super) struct SwapWhileStale(Arc<Shared>);

struct Shared {
    cell: ArcSwapOption<Dated>,
    is_refreshing: AtomicBool,
    miss: Mutex<()>,
    upstream: Upstream,
}

impl Contender for SwapWhileStale {
    const NAME: &'static str = "arc-swap-stale";
    const HOLDS: &'static str = "ArcSwap, refreshed by a spawned task while it is served";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        let (is_refreshing, miss) = (AtomicBool::new(false), Mutex::new(()));
        Self(Arc::new(Shared { cell: ArcSwapOption::empty(), is_refreshing, miss, upstream }))
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        let now = clock::precise();
        let valid = self.0.cell.read(|dated| {
            let valid = dated.filter(|dated| now < dated.expires_at)?;
            Some((valid.credentials.clone(), valid.if_fresh(now).is_some()))
        });
        match valid {
            Some((credentials, true)) => Ok(credentials),
            Some((credentials, false)) => {
                self.refresh_in_background();
                Ok(credentials)
            }
            None => self.miss().await,
        }
    }

    fn borrow(&self) -> Option<usize> {
        let now = clock::precise();
        self.0.cell.read(|dated| dated?.if_fresh(now).map(|d| d.credentials.access_key_id().len()))
    }

    fn invalidate(&self) -> Invalidation {
        self.0.cell.write(None);
        Invalidation::Done
    }
}

impl SwapWhileStale {
    #[cold]
    fn refresh_in_background(&self) {
        if self.0.is_refreshing.swap(true, Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            if let Ok(issued) = shared.upstream.fetch().await {
                shared.cell.write(Some(Dated::new(issued, &shared.upstream)));
            }
            shared.is_refreshing.store(false, Ordering::SeqCst);
        });
    }

    #[cold]
    async fn miss(&self) -> Result<Credentials, Refused> {
        let _turn = self.0.miss.lock().await;
        let now = clock::precise();
        let meanwhile =
            self.0.cell.read(|dated| dated?.if_fresh(now).map(|d| d.credentials.clone()));
        if let Some(credentials) = meanwhile {
            return Ok(credentials);
        }
        let dated = Dated::new(self.0.upstream.fetch().await?, &self.0.upstream);
        self.0.cell.write(Some(dated.clone()));
        Ok(dated.credentials)
    }
}
