use aws_credential_types::Credentials;
use moka::future::Cache;

use crate::contender::{Contender, Invalidation};
use crate::upstream::{Refused, Upstream};

/// A general cache with one key: `try_get_with` and a time to live.
pub(super) struct Moka {
    cache: Cache<(), Credentials>,
    upstream: Upstream,
}

impl Contender for Moka {
    const NAME: &'static str = "moka";
    const HOLDS: &'static str = "moka::future::Cache, time to live, try_get_with";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        let time_to_live = upstream.lifetime().saturating_sub(upstream.ahead());
        Self { cache: Cache::builder().time_to_live(time_to_live).build(), upstream }
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        let fetched = self.cache.try_get_with((), async { Ok(self.upstream.fetch().await?.sdk()) });
        fetched.await.map_err(|_: std::sync::Arc<Refused>| Refused)
    }

    fn invalidate(&self) -> Invalidation {
        self.cache.invalidate_all();
        Invalidation::Done
    }
}
