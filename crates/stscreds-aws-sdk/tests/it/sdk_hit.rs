//! What a hit costs inside of a client of the SDK, measured there.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_runtime_api::client::identity::{Identity, ResolveCachedIdentity};
use aws_smithy_runtime_api::client::runtime_components::GetIdentityResolver;
use stscreds_aws_sdk::{SdkCache, keep_fresh};
use stscreds_core::Credentials;

use crate::stage::{PLAIN, Stage};

/// Asks for the identity once more, as the client did a moment ago: same cache, same
/// resolver, same components.
#[derive(Debug, Clone, Default)]
struct AsksAgain(Arc<Mutex<Vec<Hit>>>);

#[derive(Debug, PartialEq, Eq)]
struct Hit {
    allocations: u64,
    secret_at: usize,
}

impl Intercept for AsksAgain {
    fn name(&self) -> &'static str {
        "asks for the identity again"
    }

    fn read_before_signing(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), aws_smithy_runtime_api::box_error::BoxError> {
        let cache = components.identity_cache();
        let resolver = components.identity_resolver(AuthSchemeId::from("sigv4")).unwrap();
        let mut found = None;
        let cost = allocation_counter::measure(|| {
            let asking = cache.resolve_cached_identity(resolver, components, cfg);
            found = at_once(asking).map(Result::unwrap);
        });
        let secret_at = secret_of(&found.expect("a hit is ready at once")).as_ptr().addr();
        self.0.lock().unwrap().push(Hit { allocations: cost.count_total, secret_at });
        Ok(())
    }
}

fn secret_of(identity: &Identity) -> &str {
    identity.data::<SdkCredentials>().unwrap().secret_access_key()
}

fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

async fn hits_of_a_client(stage: &Stage, cache: &SdkCache) -> Vec<Hit> {
    let hits = AsksAgain::default();
    let builder = aws_sdk_sts::config::Builder::from(&stage.sdk_config()).interceptor(hits.clone());
    let client = aws_sdk_sts::Client::from_conf(keep_fresh!(builder, cache).build());
    for _ in 0..3 {
        // Whether the fake knows the credentials does not matter here.
        let _ = client.get_caller_identity().send().await;
    }
    std::mem::take(&mut *hits.0.lock().unwrap())
}

#[tokio::test]
async fn a_hit_of_a_client_neither_converts_nor_allocates() {
    let stage = Stage::set().await;
    let session = Credentials::builder("ASIAEXAMPLE", "a secret").session_token("token").build();

    let hits = hits_of_a_client(&stage, &SdkCache::new(session)).await;

    assert_eq!(hits.len(), 3);
    assert!(hits.iter().all(|hit| hit.allocations == 0), "{hits:?}");
    assert!(hits.iter().all(|hit| hit.secret_at == hits[0].secret_at), "one secret: {hits:?}");
}

#[tokio::test]
async fn an_account_id_costs_the_one_table_that_the_sdk_copies() {
    let stage = Stage::set().await;
    let role = stage.assume(PLAIN).build();
    let cache = SdkCache::configured(role, |cache| cache.clock(stage.clock()));

    let hits = hits_of_a_client(&stage, &cache).await;

    assert_eq!(hits.len(), 3);
    // `Identity::clone` copies its map of properties, in which endpoint rules look for the account.
    assert!(hits.iter().all(|hit| hit.allocations == 1), "{hits:?}");
    assert!(hits.iter().all(|hit| hit.secret_at == hits[0].secret_at), "one secret: {hits:?}");
}

#[tokio::test]
async fn the_counter_sees_what_a_conversion_would_cost() {
    let credentials = Credentials::new("AKIAEXAMPLE", "a secret");

    let cost = allocation_counter::measure(|| {
        drop(Identity::from(stscreds_aws_sdk::convert::to_sdk(&credentials)));
    });

    assert!(cost.count_total >= 4, "{cost:?}");
}

#[tokio::test]
async fn a_hit_of_the_credentials_trait_allocates_nothing_either() {
    let stage = Stage::set().await;
    let role = stage.assume(PLAIN).build();
    let cache = SdkCache::configured(role, |cache| cache.clock(stage.clock()));
    cache.provide_credentials().await.unwrap();
    let provider = cache.credentials_provider();
    provider.provide_credentials().await.unwrap();

    let cost = allocation_counter::measure(|| {
        drop(at_once(provider.provide_credentials()).unwrap().unwrap());
    });

    assert_eq!(cost.count_total, 0);
}
