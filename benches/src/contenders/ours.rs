use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder, RefreshPolicy};
use stscreds_core::{Credentials, CredentialsProvider};

use crate::contender::{Contender, Invalidation};
use crate::upstream::{Refused, Upstream};

/// `CredentialsCache` as it comes.
pub(super) struct Stscreds(CredentialsCache);

impl Contender for Stscreds {
    const NAME: &'static str = "stscreds";
    const HOLDS: &'static str = "CredentialsCache: striped pointers to one secret";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self(builder(upstream).build())
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

/// One stripe, for caches that are many.
pub(super) struct Lean(CredentialsCache);

impl Contender for Lean {
    const NAME: &'static str = "stscreds-lean";
    const HOLDS: &'static str = "CredentialsCache with one stripe";
    const TWIN: Option<&'static str> = Some(Stscreds::NAME);
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self(builder(upstream).lean().build())
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

/// The look that begins nothing, with `credentials` for when there is nothing to see.
pub(super) struct Peek(CredentialsCache);

impl Contender for Peek {
    const NAME: &'static str = "stscreds-peek";
    const HOLDS: &'static str = "CredentialsCache::peek";
    const TWIN: Option<&'static str> = Some(Stscreds::NAME);
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
    const TWIN: Option<&'static str> = Some(Stscreds::NAME);
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self(Box::new(builder(upstream).build()))
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        self.0.credentials().await.map_err(|_| Refused)
    }
}

/// With the rules that the AWS SDKs agreed on.
pub(super) struct AwsPolicy(CredentialsCache);

impl Contender for AwsPolicy {
    const NAME: &'static str = "stscreds-aws-policy";
    const HOLDS: &'static str = "CredentialsCache with RefreshPolicy::aws_sdk";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        let mut policy = RefreshPolicy::aws_sdk();
        policy.advisory = stscreds_cache::Window::Fixed(upstream.ahead());
        policy.mandatory = upstream.ahead() / 2;
        Self(builder(upstream).policy(policy).build())
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

/// With the rules of aws-sdk-go-v2.
pub(super) struct GoPolicy(CredentialsCache);

impl Contender for GoPolicy {
    const NAME: &'static str = "stscreds-go-policy";
    const HOLDS: &'static str = "CredentialsCache with RefreshPolicy::go_classic";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        let policy = RefreshPolicy::go_classic(upstream.ahead(), 0.0);
        Self(builder(upstream).policy(policy).build())
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

/// Our cache before this upstream, as it comes.
pub(crate) fn builder(upstream: Upstream) -> CredentialsCacheBuilder {
    let (policy, clock) = (super::scaled_policy(&upstream), super::clock_for(&upstream));
    let source = move || {
        let upstream = upstream.clone();
        async move { Ok(upstream.fetch().await?.ours()) }
    };
    CredentialsCache::builder(source).policy(policy).clock(clock)
}
