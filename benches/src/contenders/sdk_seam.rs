use std::cell::OnceCell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource, TimeSource};
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityFuture, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_types::config_bag::ConfigBag;

use crate::upstream::{Issued, Refused, Upstream};

/// Where a client of the SDK asks for an identity, with what it has at hand there.
pub(crate) struct Seam {
    cache: SharedIdentityCache,
    resolver: SharedIdentityResolver,
    components: RuntimeComponents,
    config: ConfigBag,
}

impl Seam {
    /// With nothing behind it that would have to be looked up or checked: what the SDK
    /// charges for any cache at all.
    pub(crate) fn of_no_cache(issued: Issued) -> Self {
        let provider = SharedCredentialsProvider::new(issued.sdk());
        let cache = SharedIdentityCache::new(EachThreadItsOwn(issued));
        Self::new(cache, provider, &Upstream::instant())
    }

    pub(super) fn new(
        cache: SharedIdentityCache,
        provider: SharedCredentialsProvider,
        upstream: &Upstream,
    ) -> Self {
        let components = components(&cache, upstream);
        let resolver = SharedIdentityResolver::new(provider);
        Self { cache, resolver, components, config: ConfigBag::base() }
    }

    /// As the orchestrator does at each attempt: with a clone of the resolver.
    pub(crate) fn identity(&self) -> Asked<'_> {
        let resolver = self.resolver.clone();
        Asked(self.cache.resolve_cached_identity(resolver, &self.components, &self.config))
    }
}

/// The future that the orchestrator awaits, and nothing around it that it has not.
pub(crate) struct Asked<'a>(IdentityFuture<'a>);

impl Future for Asked<'_> {
    type Output = Result<Identity, Refused>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_err(|_| Refused)
    }
}

/// Gives the resolver back at once and hands out an identity that no other thread counts.
#[derive(Debug)]
struct EachThreadItsOwn(Issued);

thread_local! {
    static OWN: OnceCell<Identity> = const { OnceCell::new() };
}

impl ResolveCachedIdentity for EachThreadItsOwn {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        _: &'a RuntimeComponents,
        _: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        drop(resolver);
        let issue = || Identity::from(self.0.sdk());
        IdentityFuture::ready(Ok(OWN.with(|own| own.get_or_init(issue).clone())))
    }
}

pub(super) fn components(cache: &SharedIdentityCache, upstream: &Upstream) -> RuntimeComponents {
    let time_source = match upstream.still() {
        None => SharedTimeSource::new(SystemTimeSource::new()),
        Some(at) => SharedTimeSource::new(Still(at)),
    };
    let components = RuntimeComponentsBuilder::for_tests()
        .with_time_source(Some(time_source))
        .with_sleep_impl(Some(TokioSleep::new()))
        .with_identity_cache(Some(cache.clone()))
        .build();
    #[expect(clippy::expect_used, reason = "what is required was just given")]
    components.expect("all components are there")
}

#[derive(Debug)]
struct Still(SystemTime);

impl TimeSource for Still {
    fn now(&self) -> SystemTime {
        self.0
    }
}
