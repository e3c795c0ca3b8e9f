//! A role with MFA whose signing credentials want MFA as well, and codes of one device for several roles.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_aws_sdk::StsClient;
use stscreds_cache::CredentialsCache;
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ErrorKind, TimeSource, Timestamp,
};
use stscreds_provider::{AssumeRoleProvider, SessionTokenProvider};
use stscreds_token::{MfaChallenge, MfaCode, MfaTokenProvider, MfaTotp};

use crate::stage::{DEVICE, GUARDED, NEXT, PLAIN, Stage};

/// A person who answers up to three questions, and counts them.
#[derive(Clone)]
struct Person(&'static str, Arc<AtomicU32>);

#[async_trait]
impl MfaTokenProvider for Person {
    async fn token_code(&self, _: &MfaChallenge) -> Result<MfaCode, Error> {
        self.1.fetch_add(1, Ordering::SeqCst);
        MfaCode::parse(self.0)
    }

    fn attempts(&self) -> u32 {
        3
    }
}

#[tokio::test]
async fn an_inner_code_that_was_rejected_does_not_make_the_outer_call_ask_again() {
    let stage = Stage::set().await;
    let (inner, outer) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let wrong = Person("000000", Arc::clone(&inner));
    let serial = || DEVICE.parse().unwrap();
    let session = SessionTokenProvider::builder(stage.sts()).mfa(serial(), wrong.clone()).build();
    let role = stage.assume(GUARDED).mfa(serial(), wrong).build();
    for signer in [Arc::new(session) as Arc<dyn CredentialsProvider>, Arc::new(role)] {
        inner.store(0, Ordering::SeqCst);
        outer.store(0, Ordering::SeqCst);
        let before = stage.call_count();
        let sts = StsClient::signed_by(&stage.sdk_config(), signer);
        let asked = Person("111111", Arc::clone(&outer));
        let provider =
            AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).mfa(serial(), asked).build();

        let error = provider.credentials().await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::MfaCodeRejected);
        assert!(error.is_while_signing(), "{error}");
        let questions = (inner.load(Ordering::SeqCst), outer.load(Ordering::SeqCst));
        assert_eq!(questions, (3, 1), "the outer code was never sent");
        assert_eq!(stage.call_count() - before, 3);
    }
}

/// Follows the runtime's paused clock.
#[derive(Debug)]
struct RuntimeClock(tokio::time::Instant);

impl TimeSource for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_900_000_000) + self.0.elapsed()
    }
}

/// A provider that takes a code and then as long as STS.
struct WithCode(Arc<MfaTotp>, Arc<Mutex<Vec<String>>>);

#[async_trait]
impl CredentialsProvider for WithCode {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let challenge = MfaChallenge::first(DEVICE.parse()?);
        let code = self.0.token_code(&challenge).await?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        self.1.lock().unwrap().push(code.expose().to_owned());
        Ok(Credentials::new("ASIAEXAMPLE", PLAIN))
    }
}

#[tokio::test(start_paused = true)]
async fn roles_that_share_a_device_wait_for_its_next_code_without_reaching_a_limit() {
    for roles in [1, 2, 3, 5] {
        let began = tokio::time::Instant::now();
        let clock = Clock::custom(RuntimeClock(began));
        let totp = MfaTotp::with_clock("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", clock).unwrap();
        let (totp, codes) = (Arc::new(totp), Arc::<Mutex<Vec<String>>>::default());
        let calls: Vec<_> = (0..roles)
            .map(|_| {
                let provider = WithCode(Arc::clone(&totp), Arc::clone(&codes));
                let cache = CredentialsCache::new(provider);
                tokio::spawn(async move { cache.credentials().await })
            })
            .collect();

        for call in calls {
            assert!(call.await.unwrap().is_ok(), "{roles} roles");
        }

        let mut codes = codes.lock().unwrap().clone();
        codes.dedup();
        assert_eq!(codes.len(), roles, "each has its own code");
        // 1,900,000,000 is 10 s into its step.
        let last = if roles == 1 { 0 } else { 20 + 30 * (roles as u64 - 2) };
        assert_eq!(began.elapsed().as_secs(), last + 5);
    }
}
