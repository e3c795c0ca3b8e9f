//! One run of everything, every line of log, error and `Debug` output captured,
//! and no secret in any of it.
//!
//! A binary of its own: the log of a process has one subscriber, and tests beside it
//! would write to it or keep it from being asked.

#![allow(
    unreachable_pub,
    unused_imports,
    dead_code,
    reason = "the stage is set for other tests too"
)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[path = "it/stage.rs"]
mod stage;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stscreds_aws_sdk::{SdkCache, SdkProvider, SdkSource, StsClient};
use stscreds_cache::CredentialsCache;
use stscreds_core::CredentialsProvider;
use stscreds_provider::{AssumeRoleProvider, ExpiryCheck, ProvidedContext, ProvidedContexts};
use stscreds_token::{MfaCode, MfaTotp};

use crate::stage::{DEVICE, GUARDED, NEXT, PARTNER, PLAIN, SECRET, Stage};

/// Everything that was written to the log.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const SEED: &str = "PLANTEDSEEDPLANTEDSEEDPLANTEDSEEDPLANTEDSEEDPLANTEDSEED";

#[tokio::test]
async fn no_log_error_or_debug_output_shows_a_secret() {
    // Request ids, session names and the device's seed are chance, all of it on this thread: with a
    // seed they are the same in each run, and no id has the digits of an MFA code in it one day.
    fastrand::seed(7);
    let log = Capture::default();
    // What our own crates log, at the most talkative level: the SDK's wire log shows what it is told to.
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(log.clone()))
        .with_max_level(tracing::Level::TRACE)
        // Microseconds are six digits as well.
        .without_time()
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let ours_only = |line: &&str| line.contains("stscreds");
    let mut shown: Vec<String> = Vec::new();
    let mut secrets: Vec<String> = vec![SECRET.into(), SEED.into(), "planted-id".into()];

    let stage = Stage::set().await;
    let mut see = |text: String| shown.push(text);

    // An MFA code, right and wrong.
    let codes = stage.mfa_codes();
    secrets.push(codes().unwrap().expose().to_owned());
    let guarded = stage
        .assume(GUARDED)
        .external_id("planted-id".parse().unwrap())
        .mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(codes()));
    see(format!("{guarded:?}"));
    let guarded = guarded.build();
    see(format!("{guarded:?}"));
    let cache = SdkCache::configured(guarded, |cache| cache.clock(stage.clock()));
    let credentials = cache.credentials().await.unwrap();
    secrets.push(credentials.secret_access_key().expose().to_owned());
    secrets.push(credentials.session_token().unwrap().expose().to_owned());
    see(format!("{cache:?} {credentials:?} {:?}", cache.stats()));
    see(format!("{:?}", cache.refresh().await.unwrap_err()));

    secrets.push("918273".into());
    let wrong =
        stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), async |_| MfaCode::parse("918273"));
    let error = wrong.build().credentials().await.unwrap_err();
    see(format!("{error} {error:?}"));
    see(format!("{:?} {:?}", MfaCode::parse("918273"), MfaTotp::from_base32(SEED)));

    // A wrong external id, a context assertion.
    let context = ProvidedContext::new("arn:aws:iam::aws:contextProvider/x", "planted-id").unwrap();
    let denied = stage
        .assume(PARTNER)
        .external_id("planted-id".parse().unwrap())
        .provided_contexts(ProvidedContexts::new([context.clone()]).unwrap());
    see(format!("{context:?} {denied:?}"));
    let error = denied.build().credentials().await.unwrap_err();
    see(format!("{error} {error:?}"));

    // An identity token, good, expired here, expired at STS.
    let text = stage.token().expires_in(Duration::from_secs(60)).mint();
    secrets.push(text.clone());
    let token = stscreds_token::IdentityToken::parse(text).unwrap();
    let web = stage.present(token.clone()).build();
    see(format!("{token:?} {web:?} {:?}", web.credentials().await.unwrap()));
    stage.advance(60);
    see(format!("{:?}", web.credentials().await.unwrap_err()));
    // STS takes a token for five minutes past its expiry.
    stage.advance(301);
    let late = stage.present(token).expiry_check(ExpiryCheck::BySts).build();
    let error = late.credentials().await.unwrap_err();
    see(format!("{error} {error:?}"));

    // Through the SDK and back, and chained.
    let inner = CredentialsCache::new(stage.assume(PLAIN).build());
    see(format!(
        "{inner:?} {:?} {:?}",
        SdkProvider::new(inner.clone()),
        SdkSource::new(SdkProvider::new(inner.clone()))
    ));
    let sts = StsClient::signed_by(&stage.sdk_config(), inner);
    see(format!("{sts:?}"));
    let chained = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).build();
    let credentials = chained.credentials().await.unwrap();
    secrets.push(credentials.secret_access_key().expose().to_owned());

    // What the fake tells of it, who shows external ids to whoever debugs a trust policy.
    let mut told = vec![format!("{:?}", stage.calls())];
    told.extend(stage.calls().iter().map(fake_sts::journal::Call::explanation));
    for text in told {
        see(text.replace("planted-id", ""));
    }

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let logged: Vec<&str> = log.lines().filter(ours_only).collect();
    assert!(logged.iter().any(|line| line.contains("assumed a role")), "the log was captured");
    for secret in secrets {
        for line in shown.iter().map(String::as_str).chain(logged.iter().copied()) {
            assert!(!line.contains(&secret), "{secret} in {line}");
        }
    }
}
