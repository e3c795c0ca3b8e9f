//! The steps of the tour. Each shows what happens and fails if it is not that.

use std::collections::HashSet;
use std::error::Error;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use stscreds::provider::ExpiryCheck;
use stscreds::token::{IdentityToken, IdentityTokenRetriever};
use stscreds::{
    AssumeRoleProvider, CredentialsProvider, Error as StsError, ErrorKind, IdentityTokenFile,
    MfaCode, SdkCache, WebIdentityRoleProvider,
};

use crate::stage::{ALICES_DEVICE, DEPLOY, EXTERNAL_ID, Stage, WEB};

type Step<T> = Result<T, Box<dyn Error>>;

/// The credentials of one session are alice's identity in the next account.
pub async fn assume_a_role(stage: &Stage) -> Step<SdkCache> {
    let cache = cached(stage, deploy(stage)?);

    let credentials = cache.credentials().await?;

    println!("   role       {DEPLOY}");
    println!(
        "   key        {} (the secret prints as {:?})",
        credentials.access_key_id(),
        credentials.secret_access_key()
    );
    println!("   account    {}", credentials.account_id().unwrap_or("?"));
    println!(
        "   valid for  {} s",
        credentials.remaining_at(stage.clock().now()).unwrap_or_default().as_secs()
    );
    println!("   sources    {:?}", credentials.provider_sources());
    ensure(credentials.account_id() == Some("444455556666"), "an account id in the credentials")?;
    Ok(cache)
}

/// An SDK client that takes both halves of the cache signs with what it holds.
pub async fn who_we_are(stage: &Stage, cache: &SdkCache) -> Step<()> {
    let client = aws_sdk_sts::Client::new(&cache.wired_into(&stage.sdk_config()));
    let identity = client.get_caller_identity().send().await?;

    let arn = identity.arn().unwrap_or_default();
    println!("   GetCallerIdentity says {arn}");
    ensure(arn.starts_with("arn:aws:sts::444455556666:assumed-role/deploy/"), "the role's session")
}

pub async fn a_thousand_tasks(stage: &Stage) -> Step<SdkCache> {
    // An MFA code works once: alice waits for the next one.
    stage.advance(Duration::from_secs(30));
    let cache = cached(stage, deploy(stage)?);
    let before = stage.calls_so_far();

    let keys = ask_all(&cache).await?;

    let calls = stage.calls_so_far() - before;
    println!("   1,000 answers, {} key, {calls} call to STS", keys.len());
    ensure(calls == 1 && keys.len() == 1, "exactly one call for everybody")?;
    Ok(cache)
}

pub async fn refresh_that_nobody_waits_for(stage: &Stage, cache: &SdkCache) -> Step<()> {
    let old = cache.credentials().await?.access_key_id().to_owned();
    let before = stage.calls_so_far();
    stage.advance(Duration::from_secs(11 * 60));

    let first = at_once(cache.credentials()).ok_or("nobody should have to wait")??;
    ensure(first.access_key_id() == old, "the old key, which is still valid")?;
    for _ in 1..1_000 {
        at_once(cache.credentials()).ok_or("nobody should have to wait")??;
    }
    println!("   the first caller got the old key {old}, 999 more came, and nobody waited");

    let new = changed_key(cache, &old).await?;
    let calls = stage.calls_so_far() - before;
    println!("   meanwhile {calls} call to STS brought the new key {new}");
    ensure(calls == 1, "exactly one call behind their backs")
}

pub async fn web_identity(stage: &Stage) -> Step<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("token");
    let provider = web(stage, IdentityTokenFile::new(&path), ExpiryCheck::Local)?;
    let ten_minutes = Duration::from_secs(600);

    std::fs::write(&path, stage.token().expires_in(ten_minutes).mint())?;
    let first = provider.credentials().await?;
    println!("   the first token gives  {}", first.access_key_id());

    stage.advance(ten_minutes);
    let error = refusal(provider.credentials().await)?;
    println!("   ten minutes later      {error}");
    ensure(error.kind() == ErrorKind::IdentityTokenExpired, "an expired token, told by our side")?;

    std::fs::write(&path, stage.token().expires_in(ten_minutes).mint())?;
    let second = provider.credentials().await?;
    println!("   the rotated token      {}", second.access_key_id());
    ensure(first.access_key_id() != second.access_key_id(), "another session")
}

pub async fn refusals(stage: &Stage) -> Step<()> {
    let wrong_code = AssumeRoleProvider::builder(stage.sts(), DEPLOY.parse()?)
        .external_id(EXTERNAL_ID.parse()?)
        .mfa(ALICES_DEVICE.parse()?, async |_| MfaCode::parse("000000"))
        .build();
    show("a wrong MFA code", wrong_code.credentials().await, ErrorKind::MfaCodeRejected)?;

    let token = IdentityToken::parse(stage.token().expires_in(Duration::from_secs(60)).mint())?;
    // STS takes a token for five minutes past its expiry.
    stage.advance(Duration::from_secs(60 + 301));
    let expired = web(stage, token, ExpiryCheck::BySts)?;
    show("an expired token", expired.credentials().await, ErrorKind::IdentityTokenExpired)?;

    let token = IdentityToken::parse(stage.token().audience("https://somewhere.else").mint())?;
    let elsewhere = web(stage, token, ExpiryCheck::Local)?;
    show("a wrong audience", elsewhere.credentials().await, ErrorKind::AudienceMismatch)
}

fn deploy(stage: &Stage) -> Result<AssumeRoleProvider, StsError> {
    let code = stage.mfa_code();
    Ok(AssumeRoleProvider::builder(stage.sts(), DEPLOY.parse()?)
        .external_id(EXTERNAL_ID.parse()?)
        .mfa(ALICES_DEVICE.parse()?, move |_| std::future::ready(code()))
        .build())
}

fn web(
    stage: &Stage,
    retriever: impl IdentityTokenRetriever + 'static,
    check: ExpiryCheck,
) -> Result<WebIdentityRoleProvider, StsError> {
    Ok(WebIdentityRoleProvider::builder(stage.sts(), WEB.parse()?, retriever)
        .clock(stage.clock())
        .expiry_check(check)
        .build())
}

fn cached(stage: &Stage, provider: AssumeRoleProvider) -> SdkCache {
    SdkCache::configured(provider, |cache| cache.clock(stage.clock()))
}

/// The access keys that a thousand tasks get, all asking at the same time.
async fn ask_all(cache: &SdkCache) -> Step<HashSet<String>> {
    let tasks: Vec<_> = (0..1_000)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.credentials().await })
        })
        .collect();
    let mut keys = HashSet::new();
    for task in tasks {
        keys.insert(task.await??.access_key_id().to_owned());
    }
    Ok(keys)
}

/// What a future yields if it is polled once: nothing if it has to wait.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// The key that follows `old`, once the refresh in the background has brought it.
async fn changed_key(cache: &SdkCache, old: &str) -> Step<String> {
    let changed = async {
        loop {
            let credentials = cache.credentials().await?;
            if credentials.access_key_id() != old {
                return Ok(credentials.access_key_id().to_owned());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), changed).await?
}

fn show<T>(what: &str, outcome: Result<T, StsError>, kind: ErrorKind) -> Step<()> {
    let error = refusal(outcome)?;
    println!("   {what}: {:?}\n      {error}", error.kind());
    ensure(error.kind() == kind, what)
}

fn refusal<T>(outcome: Result<T, StsError>) -> Step<StsError> {
    match outcome {
        Ok(_) => Err("this should have been refused".into()),
        Err(error) => Ok(error),
    }
}

fn ensure(holds: bool, what: &str) -> Step<()> {
    if holds { Ok(()) } else { Err(format!("not as it should be: {what}").into()) }
}
