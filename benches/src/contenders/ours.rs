use std::marker::PhantomData;

use stscreds_cache::policy::Window;
use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder, RefreshPolicy};
use stscreds_core::{Credentials, CredentialsProvider};

use crate::contender::{Contender, Invalidation};
use crate::upstream::{Refused, Upstream};

/// `CredentialsCache`, made by some recipe. Whichever it is, it is asked in the same way.
pub(super) struct Ours<R>(CredentialsCache, PhantomData<R>);

/// How a cache of ours is made.
pub(super) trait Recipe: Send + Sync + 'static {
    const NAME: &'static str;
    const HOLDS: &'static str;
    const TWIN: Option<&'static str> = None;

    fn cache(upstream: Upstream) -> CredentialsCache;
}

impl<R: Recipe> Contender for Ours<R> {
    const NAME: &'static str = R::NAME;
    const HOLDS: &'static str = R::HOLDS;
    const TWIN: Option<&'static str> = R::TWIN;
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self(R::cache(upstream), PhantomData)
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        self.0.credentials().await.map_err(|_| Refused)
    }

    fn borrow(&self) -> Option<usize> {
        self.0.with(|credentials| credentials.access_key_id().len())
    }

    fn invalidate(&self) -> Invalidation {
        self.0.invalidate();
        Invalidation::Done
    }
}

pub(super) struct AsItComes;

impl Recipe for AsItComes {
    const NAME: &'static str = "stscreds";
    const HOLDS: &'static str = "CredentialsCache: striped pointers to one secret";

    fn cache(upstream: Upstream) -> CredentialsCache {
        builder(upstream).build()
    }
}

/// One stripe, for caches that are many.
pub(super) struct Lean;

impl Recipe for Lean {
    const NAME: &'static str = "stscreds-lean";
    const HOLDS: &'static str = "CredentialsCache with one stripe";
    const TWIN: Option<&'static str> = Some(AsItComes::NAME);

    fn cache(upstream: Upstream) -> CredentialsCache {
        builder(upstream).lean().build()
    }
}

/// With the rules that the AWS SDKs agreed on.
pub(super) struct AwsPolicy;

impl Recipe for AwsPolicy {
    const NAME: &'static str = "stscreds-aws-policy";
    const HOLDS: &'static str = "CredentialsCache with RefreshPolicy::aws_sdk";

    fn cache(upstream: Upstream) -> CredentialsCache {
        let mut policy = RefreshPolicy::aws_sdk();
        policy.advisory = Window::Fixed(upstream.ahead());
        policy.mandatory = upstream.ahead() / 2;
        builder(upstream).policy(policy).build()
    }
}

/// With the rules of aws-sdk-go-v2.
pub(super) struct GoPolicy;

impl Recipe for GoPolicy {
    const NAME: &'static str = "stscreds-go-policy";
    const HOLDS: &'static str = "CredentialsCache with RefreshPolicy::go_classic";

    fn cache(upstream: Upstream) -> CredentialsCache {
        let policy = RefreshPolicy::go_classic(upstream.ahead(), 0.0);
        builder(upstream).policy(policy).build()
    }
}

/// The look that begins nothing, with `credentials` for when there is nothing to see.
pub(super) struct Peek(CredentialsCache);

impl Contender for Peek {
    const NAME: &'static str = "stscreds-peek";
    const HOLDS: &'static str = "CredentialsCache::peek";
    const TWIN: Option<&'static str> = Some(AsItComes::NAME);
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self(builder(upstream).build())
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        match self.0.peek() {
            Some(hit) => Ok(hit),
            None => self.0.credentials().await.map_err(|_| Refused),
        }
    }
}

/// Behind the trait of providers, whose futures are boxed.
pub(super) struct AsProvider(Box<dyn CredentialsProvider>);

impl Contender for AsProvider {
    const NAME: &'static str = "stscreds-dyn";
    const HOLDS: &'static str = "CredentialsCache as dyn CredentialsProvider";
    const TWIN: Option<&'static str> = Some(AsItComes::NAME);
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self(Box::new(builder(upstream).build()))
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        self.0.credentials().await.map_err(|_| Refused)
    }
}

/// Our cache before this upstream, as it comes.
pub(crate) fn builder(upstream: Upstream) -> CredentialsCacheBuilder {
    let (policy, clock) = (super::scaled_policy(&upstream), super::clock_for(&upstream));
    let source = move || {
        let upstream = upstream.clone();
        async move { Ok(upstream.fetch().await?.ours()) }
    };
    CredentialsCache::builder(source).policy(policy).clock(clock)
}
