//! The on-disk cache against what botocore wrote, and against other processes.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use stscreds_aws_sdk::{CliCache, Environment, KeptOnDisk};
use stscreds_cache::CredentialsCache;
use stscreds_core::{CredentialsProvider, Error, ManualClock, SessionKey, Timestamp};
use stscreds_provider::{
    AssumeRoleClient, AssumeRoleProvider, AssumeRoleRequest, AssumeRoleWithWebIdentityClient,
    AssumeRoleWithWebIdentityRequest, PolicyArns, ProvidedContext, ProvidedContexts,
    SessionDuration, SessionTag, SessionTags, StsFault, StsSession, WebIdentityRoleProvider,
};
use stscreds_token::{IdentityToken, IdentityTokenFile, MfaCode};

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

/// The expiry in botocore's file.
const EXPIRY: Timestamp = Timestamp::from_unix_seconds(2_000_000_000);

fn derived() -> Value {
    serde_json::from_str(include_str!("../botocore-cache.json")).unwrap()
}

/// A provider that counts how often it is asked, and a clock an hour before `EXPIRY`.
struct Desk {
    folder: tempfile::TempDir,
    clock: ManualClock,
    asked: Arc<AtomicUsize>,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: ManualClock::at(EXPIRY - Duration::from_secs(3600)),
            asked: Arc::default(),
        }
    }

    fn cache(&self) -> CliCache {
        CliCache::at(self.folder.path().join("cli").join("cache")).clock(self.clock.clone())
    }

    /// STS as seen by a caller of this name; nothing is known of nobody.
    fn sts(&self, caller: Option<&'static str>) -> Sts {
        let refusal = None;
        Sts { caller, refusal, clock: self.clock.clone(), asked: Arc::clone(&self.asked) }
    }

    fn role(&self, caller: &'static str) -> AssumeRoleProvider {
        AssumeRoleProvider::builder(self.sts(Some(caller)), ROLE.parse().unwrap()).build()
    }

    fn kept(&self) -> KeptOnDisk {
        self.cache().keep(self.role("alice"))
    }

    fn web(&self, token: &str) -> KeptOnDisk {
        let token = IdentityToken::parse(token).unwrap();
        let sts = self.sts(Some("nobody signs"));
        let role = WebIdentityRoleProvider::builder(sts, ROLE.parse().unwrap(), token);
        self.cache().keep(role.build())
    }

    /// The files of sessions, by name.
    fn files(&self) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.folder.path().join("cli").join("cache")) else {
            return Vec::new();
        };
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = folder.map(|e| name(e).into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        names
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn file(&self) -> std::path::PathBuf {
        let folder = self.folder.path().join("cli").join("cache");
        folder.join(derived()["file"]["name"].as_str().unwrap())
    }

    fn put(&self, text: &str) {
        fs::create_dir_all(self.file().parent().unwrap()).unwrap();
        fs::write(self.file(), text).unwrap();
    }
}

/// Yields a session per call, and counts.
struct Sts {
    caller: Option<&'static str>,
    refusal: Option<stscreds_core::ErrorKind>,
    clock: ManualClock,
    asked: Arc<AtomicUsize>,
}

impl Sts {
    fn answer(&self) -> Result<StsSession, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(kind) = self.refusal {
            return Err(Error::new(kind, "no"));
        }
        let mut session = StsSession::default();
        session.access_key_id = Some(format!("ASIAOURS{number}"));
        session.secret_access_key = Some("planted-secret".into());
        session.session_token = Some("planted-token".into());
        session.expiration = Some(self.clock.now() + Duration::from_secs(3600));
        session.arn = Some("arn:aws:sts::111122223333:assumed-role/deploy/s".into());
        Ok(session)
    }

    fn key(&self) -> Option<SessionKey> {
        Some(SessionKey::builder("test").part("caller", self.caller?).build())
    }
}

#[async_trait]
impl AssumeRoleClient for Sts {
    async fn assume_role(&self, _: AssumeRoleRequest) -> Result<StsSession, Error> {
        self.answer()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.key()
    }
}

#[async_trait]
impl AssumeRoleWithWebIdentityClient for Sts {
    async fn assume_role_with_web_identity(
        &self,
        _: AssumeRoleWithWebIdentityRequest,
    ) -> Result<StsSession, Error> {
        self.answer()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.key()
    }
}

async fn key_of(kept: &KeptOnDisk) -> String {
    kept.credentials().await.unwrap().access_key_id().to_owned()
}

/// A provider with these parameters of botocore.
fn provider_of(sts: Sts, given: &Value) -> AssumeRoleProvider {
    let text = |name: &str| given[name].as_str();
    let items = |name: &str| given[name].as_array().cloned().unwrap_or_default();
    let member = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let mut builder = AssumeRoleProvider::builder(sts, text("RoleArn").unwrap().parse().unwrap());
    if let Some(name) = text("RoleSessionName") {
        builder = builder.session_name(name.parse().unwrap());
    }
    if let Some(id) = text("ExternalId") {
        builder = builder.external_id(id.parse().unwrap());
    }
    if let Some(serial) = text("SerialNumber") {
        builder = builder.mfa(serial.parse().unwrap(), async |_| MfaCode::parse("123456"));
    }
    if let Some(policy) = text("Policy") {
        builder = builder.policy(policy.parse().unwrap());
    }
    if let Some(identity) = text("SourceIdentity") {
        builder = builder.source_identity(identity.parse().unwrap());
    }
    if let Some(seconds) = given["DurationSeconds"].as_u64() {
        let duration = SessionDuration::try_from(Duration::from_secs(seconds));
        builder = builder.duration(duration.unwrap());
    }
    let arns = items("PolicyArns");
    let arns = PolicyArns::new(arns.iter().map(|item| member(item, "arn"))).unwrap();
    let transitive = items("TransitiveTagKeys");
    let tags = items("Tags").into_iter().map(|item| {
        let tag = SessionTag::new(member(&item, "Key"), member(&item, "Value")).unwrap();
        if transitive.contains(&item["Key"]) { tag.transitive() } else { tag }
    });
    let contexts = items("ProvidedContexts").into_iter().map(|item| {
        let (provider, assertion) =
            (member(&item, "ProviderArn"), member(&item, "ContextAssertion"));
        ProvidedContext::new(provider, assertion).unwrap()
    });
    builder
        .policy_arns(arns)
        .tags(SessionTags::new(tags).unwrap())
        .provided_contexts(ProvidedContexts::new(contexts).unwrap())
        .build()
}

/// The keys are what the AWS CLI of the version in the file computed.
#[tokio::test]
async fn the_names_of_files_are_botocores() {
    let cases = derived()["keys"].as_array().unwrap().clone();
    assert!(cases.len() > 15);
    for case in cases {
        let desk = Desk::new();
        let provider = provider_of(desk.sts(Some("alice")), &case["parameters"]);

        desk.cache().keep(provider).credentials().await.unwrap();

        assert_eq!(desk.files(), [format!("{}.json", case["key"].as_str().unwrap())], "{case}");
    }
}

#[tokio::test]
async fn the_names_of_files_for_web_identities_are_those_of_the_cli() {
    let cases = derived()["web_identities"].as_array().unwrap().clone();
    assert!(cases.len() > 4);
    for case in cases {
        let desk = Desk::new();
        let path = desk.folder.path().join("token");
        fs::write(&path, case["token"].as_str().unwrap()).unwrap();
        let (sts, role) = (desk.sts(Some("nobody signs")), ROLE.parse().unwrap());
        let mut builder = WebIdentityRoleProvider::builder(sts, role, IdentityTokenFile::new(path));
        if let Some(name) = case["parameters"]["RoleSessionName"].as_str() {
            builder = builder.session_name(name.parse().unwrap());
        }

        desk.cache().keep(builder.build()).credentials().await.unwrap();

        assert_eq!(desk.files(), [format!("{}.json", case["key"].as_str().unwrap())], "{case}");
    }
}

#[tokio::test]
async fn a_session_that_botocore_kept_is_used() {
    let desk = Desk::new();
    desk.put(derived()["file"]["text"].as_str().unwrap());

    let session = desk.kept().credentials().await.unwrap();

    assert_eq!(session.access_key_id(), "ASIABOTOCORE");
    assert_eq!(session.secret_access_key().expose(), "planted-secret");
    assert_eq!(session.session_token().unwrap().expose(), "planted-token");
    assert_eq!(session.expires_at(), Some(EXPIRY));
    assert_eq!(session.account_id(), Some("111122223333"));
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn what_we_keep_has_the_members_that_botocore_reads() {
    let desk = Desk::new();

    desk.kept().credentials().await.unwrap();

    let ours: Value = serde_json::from_str(&fs::read_to_string(desk.file()).unwrap()).unwrap();
    let theirs: Value = serde_json::from_str(derived()["file"]["text"].as_str().unwrap()).unwrap();
    let members = |answer: &Value| {
        answer["Credentials"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let mut expected = members(&theirs);
    expected.sort();
    let mut found = members(&ours);
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(ours["Credentials"]["Expiration"], theirs["Credentials"]["Expiration"]);
    assert_eq!(ours["StscredsSessionKey"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn a_session_survives_a_restart() {
    let desk = Desk::new();

    let first = key_of(&desk.kept()).await;
    let second = key_of(&desk.kept()).await;

    assert_eq!((first, desk.asked()), (second, 1));
}

#[tokio::test]
async fn a_session_with_less_than_15_minutes_left_is_replaced() {
    let desk = Desk::new();
    assert_eq!(key_of(&desk.kept()).await, "ASIAOURS1");

    desk.clock.advance(Duration::from_secs(45 * 60));
    assert_eq!(key_of(&desk.kept()).await, "ASIAOURS1");
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!(key_of(&desk.kept()).await, "ASIAOURS2");
}

#[tokio::test]
async fn whoever_comes_back_with_a_session_gets_another() {
    let desk = Desk::new();
    let kept = desk.kept();

    // A service has refused the session, and a cache asks for the next one.
    assert_eq!(key_of(&kept).await, "ASIAOURS1");
    assert_eq!(key_of(&kept).await, "ASIAOURS2");

    let other = desk.kept();
    assert_eq!(key_of(&other).await, "ASIAOURS2");
    assert_eq!(key_of(&other).await, "ASIAOURS3");
    assert_eq!(key_of(&kept).await, "ASIAOURS3", "found on disk");
    assert_eq!(desk.asked(), 3);
}

#[tokio::test]
async fn what_is_no_session_is_replaced_and_repeated_nowhere() {
    for text in ["", "planted", "{}", "[]", r#"{"Credentials":{"AccessKeyId":"planted"}}"#] {
        let desk = Desk::new();
        desk.put(text);

        assert_eq!(key_of(&desk.kept()).await, "ASIAOURS1", "{text}");
        assert!(fs::read_to_string(desk.file()).unwrap().contains("ASIAOURS1"));
    }
}

#[tokio::test]
async fn a_file_of_more_than_256_kib_is_no_session() {
    let session = |room: usize| {
        format!(
            r#"{{"Credentials": {{"AccessKeyId": "ASIATHEIRS", "SecretAccessKey": "s",
            "SessionToken": "t", "Expiration": "2040-01-01T00:00:00Z"}}, "AssumedRoleUser": {{}}{}}}"#,
            " ".repeat(room)
        )
    };
    for (room, key) in [(200_000, "ASIATHEIRS"), (300_000, "ASIAOURS1")] {
        let desk = Desk::new();
        desk.put(&session(room));

        assert_eq!(key_of(&desk.kept()).await, key);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn files_and_folder_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::new();
    desk.put("{}");
    fs::set_permissions(desk.file(), fs::Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(desk.file()).unwrap();
    fs::remove_dir(desk.file().parent().unwrap()).unwrap();

    desk.kept().credentials().await.unwrap();

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(desk.file().parent().unwrap()), 0o700);
    for entry in fs::read_dir(desk.file().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_replaced_and_never_rewritten() {
    use std::os::unix::fs::MetadataExt;

    let desk = Desk::new();
    let kept = desk.kept();
    kept.credentials().await.unwrap();
    let reader = File::open(desk.file()).unwrap();
    let before = reader.metadata().unwrap();

    kept.credentials().await.unwrap();

    // Whoever reads the old file goes on reading all of it.
    assert_ne!(fs::metadata(desk.file()).unwrap().ino(), before.ino());
    assert!(std::io::read_to_string(reader).unwrap().contains("ASIAOURS1"));
    let left: Vec<_> = fs::read_dir(desk.file().parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 2, "the session and its lock: {left:?}");
}

#[tokio::test]
async fn ten_processes_open_one_session() {
    let desk = Desk::new();

    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let kept = desk.kept();
            tokio::spawn(async move { key_of(&kept).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "ASIAOURS1");
    }

    assert_eq!(desk.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_never_ends_its_turn_holds_nobody_up_for_long() {
    let desk = Desk::new();
    desk.put("{}");
    let lock = File::create(desk.file().with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let before = tokio::time::Instant::now();

    assert_eq!(key_of(&desk.kept()).await, "ASIAOURS1");

    assert_eq!(before.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn a_disk_that_fails_costs_nothing_but_the_sharing() {
    let desk = Desk::new();
    fs::write(desk.folder.path().join("cli"), "a file where a folder should be").unwrap();

    assert_eq!(key_of(&desk.kept()).await, "ASIAOURS1");
    assert_eq!(key_of(&desk.kept()).await, "ASIAOURS2");
}

#[tokio::test]
async fn an_error_of_the_provider_is_its_own_and_leaves_no_file() {
    let desk = Desk::new();
    let mut sts = desk.sts(Some("alice"));
    sts.refusal = Some(stscreds_core::ErrorKind::AccessDenied);
    let role = AssumeRoleProvider::builder(sts, ROLE.parse().unwrap()).build();
    let kept = desk.cache().keep(role);

    let error = kept.credentials().await.unwrap_err();

    assert_eq!(error.kind(), stscreds_core::ErrorKind::AccessDenied);
    assert!(!desk.file().exists());
}

#[tokio::test]
async fn sessions_of_an_unknown_caller_are_not_kept() {
    let desk = Desk::new();
    let role = AssumeRoleProvider::builder(desk.sts(None), ROLE.parse().unwrap()).build();
    let kept = desk.cache().keep(role);

    assert_eq!(key_of(&kept).await, "ASIAOURS1");
    assert_eq!(key_of(&kept).await, "ASIAOURS2");

    assert_eq!(desk.files(), [""; 0]);
}

#[tokio::test]
async fn sessions_of_two_callers_are_kept_apart() {
    let desk = Desk::new();
    let kept = |caller| desk.cache().keep(desk.role(caller));

    assert_eq!(key_of(&kept("alice")).await, "ASIAOURS1");
    assert_eq!(key_of(&kept("bob")).await, "ASIAOURS2");
    assert_eq!(key_of(&kept("alice")).await, "ASIAOURS1");
    assert_eq!(key_of(&kept("bob")).await, "ASIAOURS2");

    // The name of the CLI is that of the first one.
    assert_eq!(desk.files().len(), 2);
    assert!(fs::read_to_string(desk.file()).unwrap().contains("ASIAOURS1"));
}

/// aws-cli#10670: a second job on a self-hosted runner got the session of the first.
#[tokio::test]
async fn a_session_for_one_token_is_never_used_for_another() {
    let desk = Desk::new();

    assert_eq!(key_of(&desk.web("trusted.job.token")).await, "ASIAOURS1");
    assert_eq!(key_of(&desk.web("other.job.token")).await, "ASIAOURS2");
    assert_eq!(key_of(&desk.web("trusted.job.token")).await, "ASIAOURS1");

    assert_eq!((desk.files().len(), desk.asked()), (2, 2));
}

/// What botocore called the file of a web identity before the token was a part of it is
/// what it calls that of a role without parameters.
#[tokio::test]
async fn a_web_identity_under_its_old_name_is_read_by_nobody() {
    let theirs = derived()["file"]["text"].as_str().unwrap().to_owned();
    let subject = r#"{"SubjectFromWebIdentityToken": "repo:octo/app", "Credentials""#;
    let of_the_cli = theirs.replacen(r#"{"Credentials""#, subject, 1);
    let value: Value = serde_json::from_str(&theirs).unwrap();
    let of_ours = serde_json::json!({"Credentials": value["Credentials"]}).to_string();
    for text in [of_the_cli, of_ours] {
        let desk = Desk::new();
        desk.put(&text);

        assert_eq!(key_of(&desk.kept()).await, "ASIAOURS1");

        let desk = Desk::new();
        desk.put(&text);
        assert_eq!(key_of(&desk.web("a.b.c")).await, "ASIAOURS1");
    }
}

#[tokio::test]
async fn a_token_that_sts_wants_anew_names_the_file() {
    let desk = Desk::new();
    let path = desk.folder.path().join("token");
    fs::write(&path, "old.token.x").unwrap();
    let sts = Rotating { sts: desk.sts(Some("nobody signs")), path: path.clone() };
    let role = ROLE.parse().unwrap();
    let provider = WebIdentityRoleProvider::builder(sts, role, IdentityTokenFile::new(path));

    assert_eq!(key_of(&desk.cache().keep(provider.build())).await, "ASIAOURS1");

    assert_eq!(key_of(&desk.web("new.token.x")).await, "ASIAOURS1");
    assert_eq!(key_of(&desk.web("old.token.x")).await, "ASIAOURS2");
}

/// Refuses the first token, while a newer one is put into its file.
struct Rotating {
    sts: Sts,
    path: std::path::PathBuf,
}

#[async_trait]
impl AssumeRoleWithWebIdentityClient for Rotating {
    async fn assume_role_with_web_identity(
        &self,
        request: AssumeRoleWithWebIdentityRequest,
    ) -> Result<StsSession, Error> {
        if request.token.expose() == "old.token.x" {
            fs::write(&self.path, "new.token.x").unwrap();
            return Err(StsFault::new("InvalidIdentityToken").into_error("AssumeRole.."));
        }
        self.sts.answer()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.sts.key()
    }
}

#[tokio::test]
async fn expired_files_of_this_library_are_removed_and_the_clis_are_left() {
    let desk = Desk::new();
    for token in ["a", "b", "c"] {
        key_of(&desk.web(token)).await;
    }
    desk.put(derived()["file"]["text"].as_str().unwrap());
    assert_eq!(desk.files().len(), 4);

    desk.clock.advance(Duration::from_secs(3600));
    key_of(&desk.web("d")).await;

    assert_eq!(desk.files().len(), 2, "the new one and the CLI's");
    assert!(fs::read_to_string(desk.file()).unwrap().contains("ASIABOTOCORE"));
    let folder = fs::read_dir(desk.file().parent().unwrap()).unwrap();
    assert_eq!(folder.count(), 3, "and a lock");
}

#[test]
fn the_folder_is_the_clis() {
    let environment: Environment = [("HOME", "/home/al")].into_iter().collect();

    let cache = CliCache::of_cli(&environment).unwrap();

    assert!(format!("{cache:?}").contains("/home/al/.aws/cli/cache"));
    assert!(CliCache::of_cli(&Environment::default()).is_none());
}

#[tokio::test]
async fn a_rejected_session_is_removed_from_disk_and_another_one_is_not() {
    let desk = Desk::new();
    let kept = desk.kept();
    let session = kept.credentials().await.unwrap();
    let file = |desk: &Desk| {
        let folder = desk.folder.path().join("cli").join("cache");
        let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|ending| ending == "json"))
    };
    kept.reject("ASIAANOTHER");
    assert!(file(&desk).is_some());

    kept.reject(session.access_key_id());

    assert_eq!(file(&desk), None);
    // Also for those who had nothing to do with the rejected one.
    assert_eq!(desk.kept().credentials().await.unwrap().access_key_id(), "ASIAOURS2");
    assert_eq!(desk.asked(), 2);
}

#[tokio::test]
async fn an_invalidation_of_a_cache_above_reaches_the_disk() {
    let desk = Desk::new();
    let cache = CredentialsCache::builder(desk.kept()).clock(desk.clock.clone()).build();
    let session = cache.credentials().await.unwrap();

    cache.invalidate_if(session.access_key_id());

    // Another process finds nothing of it.
    assert_eq!(desk.kept().credentials().await.unwrap().access_key_id(), "ASIAOURS2");
}
