//! Secrets that come out of files, programs and seeds.

use std::fs;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use aws_types::SdkConfig;
use stscreds_aws_sdk::{CliCache, Environment, ProfileFile, ProfileLoader, Profiles};
use stscreds_core::{CredentialsProvider, Error, ManualClock, SecretString, SessionKey, Timestamp};
use stscreds_provider::{
    AssumeRoleClient, AssumeRoleProvider, AssumeRoleRequest, RoleArn, StsSession,
};
use stscreds_token::{IdentityToken, IdentityTokenFile, IdentityTokenRetriever, MfaTotp};
use zeroize::Zeroizing;

use crate::planted::Planted;

/// Writes a file with the secret in it, and wipes what it was written from.
fn write(path: &Path, before: &str, secret: &Planted, after: &str) {
    let room = before.len() + 1000 + after.len();
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.push_str(before);
    secret.write_to(&mut text);
    text.push_str(after);
    fs::write(path, &*text).unwrap();
    drop(text);
    assert_eq!(secret.copies(), 0);
}

#[tokio::test]
async fn an_identity_token_is_gone_when_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let secret = Planted::new(900);
    write(&path, "\n", &secret, "\n");

    let token = IdentityTokenFile::new(&path).identity_token().await.unwrap();
    assert_eq!(secret.copies(), 1);

    drop(token);
    assert_eq!(secret.copies(), 0);
}

#[test]
fn bytes_that_are_no_token_are_wiped_as_well() {
    let secret = Planted::new(300);
    let mut bytes = secret.text().into_bytes();
    bytes[299] = 0xff;

    IdentityToken::from_bytes(bytes).unwrap_err();

    assert_eq!(secret.copies(), 0);
}

#[tokio::test]
async fn a_profile_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let secret = Planted::new(300);
    let before = "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = ";
    write(&path, before, &secret, "\n");

    let file = ProfileFile::read(&path).unwrap().unwrap();
    let profiles = Profiles::parse(None, Some(&file)).unwrap();
    let loader = ProfileLoader::new(profiles, Environment::default()).profile("default");
    let provider = loader.load(&SdkConfig::builder().build()).unwrap();
    let credentials = provider.credentials().await.unwrap();
    drop((file, loader, provider));
    assert_eq!(secret.copies(), 1);

    drop(credentials);
    assert_eq!(secret.copies(), 0);
}

#[tokio::test]
async fn a_session_on_disk_leaves_nothing_behind_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (secret, now) = (Planted::new(300), Timestamp::from_unix_seconds(1_900_000_000));
    let cache = CliCache::at(folder.path()).clock(ManualClock::at(now));
    let role: RoleArn = "arn:aws:iam::111122223333:role/deploy".parse().unwrap();
    let role = |secret: Option<String>| {
        let issuer = Issuer { secret: secret.map(SecretString::from), now };
        AssumeRoleProvider::builder(issuer, role.clone())
    };

    let writer = cache.keep(role(Some(secret.text())).build());
    drop(writer.credentials().await.unwrap());
    drop(writer);
    assert_eq!(secret.copies(), 0, "what was written is on disk alone");

    let reader = cache.keep(role(None).build());
    let session = reader.credentials().await.unwrap();
    assert_eq!((session.access_key_id(), secret.copies()), ("ASIAEXAMPLE", 1));

    drop(session);
    assert_eq!(secret.copies(), 0);
}

/// Issues one session.
struct Issuer {
    secret: Option<SecretString>,
    now: Timestamp,
}

#[async_trait]
impl AssumeRoleClient for Issuer {
    async fn assume_role(&self, _: AssumeRoleRequest) -> Result<StsSession, Error> {
        let mut session = StsSession::default();
        session.access_key_id = Some("ASIAEXAMPLE".into());
        session.secret_access_key.clone_from(&self.secret);
        session.session_token = Some("a token".into());
        session.expiration = Some(self.now + Duration::from_secs(3600));
        Ok(session)
    }

    fn client_key(&self) -> Option<SessionKey> {
        Some(SessionKey::builder("test").build())
    }
}

#[tokio::test]
async fn what_a_program_prints_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("printed");
    let secret = Planted::new(300);
    let before = r#"{"Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": ""#;
    write(&path, before, &secret, "\"}");
    let text = format!("[default]\ncredential_process = cat '{}'\n", path.display());
    let file = ProfileFile::new("config", text);
    let profiles = Profiles::parse(Some(&file), None).unwrap();
    let loader = ProfileLoader::new(profiles, Environment::default()).profile("default");
    let provider = loader.load(&SdkConfig::builder().build()).unwrap();

    let credentials = provider.credentials().await.unwrap();
    assert_eq!(secret.copies(), 1);

    drop(credentials);
    assert_eq!(secret.copies(), 0);
}

#[test]
fn a_seed_of_mfa_codes_leaves_nothing_behind() {
    // Letters of base32 alone, and so its own planting: masked as elsewhere.
    let secret = Planted::base32(104);

    let totp = MfaTotp::from_base32(secret.text()).unwrap();

    assert_eq!(secret.copies(), 0, "the seed is kept as bytes, and no more as text");
    drop(totp);
    assert_eq!(secret.copies(), 0);
}
