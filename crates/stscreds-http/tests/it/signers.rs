//! What the signer of the requests has to do with them: keys of sessions, and credentials
//! that STS rejects.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, CredentialsProvider, ErrorKind};
use stscreds_http::{EndpointSettings, StsHttpClient};
use stscreds_provider::{
    AssumeRoleClient, AssumeRoleProvider, AssumeRoleWithSamlClient,
    AssumeRoleWithWebIdentityClient, FederationTokenClient, SessionTokenClient,
};

use crate::scripted::{Scripted, Step};
use crate::stage::{DEVICE, GUARDED, NEXT, PLAIN, Stage};

fn client(region: &str, url: &str, signer: impl CredentialsProvider + 'static) -> StsHttpClient {
    let endpoint = EndpointSettings::new(region).url(url).resolve().unwrap();
    let http = Scripted::new([Step::session("AssumeRole")]);
    StsHttpClient::builder(endpoint, http).credentials(signer).build()
}

#[test]
fn sessions_are_keyed_by_signer_region_and_endpoint() {
    let alice = || Credentials::new("AKIAALICE", "s");
    let clients = [
        client("a", "https://x", alice()),
        client("b", "https://x", alice()),
        client("a", "https://y", alice()),
        client("a", "https://x/path", alice()),
        client("a", "https://x", Credentials::new("AKIABOB", "s")),
        client("a", "https://x", Credentials::new("AKIAALICE", "another")),
    ];

    let signed: HashSet<_> =
        clients.iter().map(|sts| AssumeRoleClient::client_key(sts).unwrap()).collect();
    assert_eq!(signed.len(), clients.len());
    for sts in &clients {
        let key = AssumeRoleClient::client_key(sts);
        assert_eq!(SessionTokenClient::client_key(sts), key);
        assert_eq!(FederationTokenClient::client_key(sts), key);
        let unsigned = AssumeRoleWithWebIdentityClient::client_key(sts);
        assert_eq!(AssumeRoleWithSamlClient::client_key(sts), unsigned);
        assert_ne!(unsigned, key);
    }
    let unsigned: HashSet<_> =
        clients.iter().map(AssumeRoleWithWebIdentityClient::client_key).collect();
    assert_eq!(unsigned.len(), 4, "who would sign does not count");
    let same = client("a", "https://x", CredentialsCache::new(alice()));
    assert_eq!(AssumeRoleClient::client_key(&same), AssumeRoleClient::client_key(&clients[0]));
}

#[test]
fn sessions_of_an_unknown_signer_are_never_shared() {
    let unknown = client("a", "https://x", async || Ok(Credentials::new("AKIAEXAMPLE", "s")));

    assert_eq!(AssumeRoleClient::client_key(&unknown), None);
    assert!(AssumeRoleWithWebIdentityClient::client_key(&unknown).is_some());
}

/// A cache over sessions that last a quarter of an hour, of which it knows nothing.
fn cached(stage: &Stage) -> (CredentialsCache, Arc<AtomicUsize>) {
    let provider = Arc::new(stage.assume(PLAIN).build());
    let counted = Arc::<AtomicUsize>::default();
    let noted = Arc::clone(&counted);
    let eternal = move || {
        let (provider, noted) = (Arc::clone(&provider), Arc::clone(&noted));
        async move {
            noted.fetch_add(1, Ordering::SeqCst);
            let session = provider.credentials().await?;
            let secret = session.secret_access_key().clone();
            let builder = Credentials::builder(session.access_key_id(), secret);
            Ok(builder.session_token(session.session_token().unwrap().clone()).build())
        }
    };
    (CredentialsCache::builder(eternal).clock(stage.clock()).build(), counted)
}

#[tokio::test]
async fn credentials_that_sts_says_have_expired_are_replaced_and_the_request_repeated() {
    let stage = Stage::set().await;
    let (cache, asked) = cached(&stage);
    let sts = stage.signed_by(cache);
    let next = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).build();
    next.credentials().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    stage.advance(901);
    let before = stage.call_count();
    next.credentials().await.unwrap();

    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(stage.call_count(), before + 3, "refused, assumed again, repeated");
}

#[tokio::test]
async fn credentials_that_cannot_be_replaced_are_sent_once() {
    let stage = Stage::set().await;
    let session = stage.assume(PLAIN).build().credentials().await.unwrap();
    stage.advance(901);
    let next = AssumeRoleProvider::builder(stage.signed_by(session), NEXT.parse().unwrap());
    let before = stage.call_count();

    let error = next.build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::SourceCredentialsExpired);
    assert_eq!(stage.call_count(), before + 1);
}

#[tokio::test]
async fn a_request_with_a_code_is_not_repeated_but_the_next_one_has_other_credentials() {
    let stage = Stage::set().await;
    let (cache, asked) = cached(&stage);
    cache.credentials().await.unwrap();
    stage.advance(901);
    let code = stage.mfa_codes();
    let guarded = AssumeRoleProvider::builder(stage.signed_by(cache), GUARDED.parse().unwrap())
        .mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()))
        .build();
    let before = stage.call_count();

    let error = guarded.credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceCredentialsExpired);
    assert_eq!((stage.call_count(), asked.load(Ordering::SeqCst)), (before + 1, 1));

    // The device is not this session's own; STS got as far as to say so.
    let error = guarded.credentials().await.unwrap_err();
    assert_eq!((error.kind(), asked.load(Ordering::SeqCst)), (ErrorKind::MfaCodeRejected, 2));
}
