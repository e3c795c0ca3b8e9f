//! The on-disk cache against what botocore wrote, and against other processes.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use stscreds_aws_sdk::{CliCache, Environment, KeptOnDisk, SessionParameters};
use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, CredentialsProvider, Error, Expires, ManualClock, Timestamp};
use stscreds_provider::{RoleArn, SessionDuration};

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

/// The expiry in botocore's file.
const EXPIRY: Timestamp = Timestamp::from_unix_seconds(2_000_000_000);

fn derived() -> Value {
    serde_json::from_str(include_str!("../botocore-cache.json")).unwrap()
}

fn parameters() -> SessionParameters {
    SessionParameters::new(&ROLE.parse().unwrap())
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

    fn kept(&self) -> KeptOnDisk {
        let (asked, clock) = (Arc::clone(&self.asked), self.clock.clone());
        let provider = move || {
            let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
            let session = Credentials::builder(format!("ASIAOURS{number}"), "planted-secret")
                .session_token("planted-token")
                .expires_at(clock.now() + Duration::from_secs(3600))
                .account_id("111122223333");
            std::future::ready(Ok(session.build()))
        };
        self.cache().keep(provider, &parameters())
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

async fn key_of(kept: &KeptOnDisk) -> String {
    kept.credentials().await.unwrap().access_key_id().to_owned()
}

#[test]
fn the_names_of_files_are_botocores() {
    for case in derived()["keys"].as_array().unwrap() {
        let given = &case["parameters"];
        let text = |name: &str| given[name].as_str();
        let role: RoleArn = text("RoleArn").unwrap().parse().unwrap();
        let duration = given["DurationSeconds"].as_u64();
        let duration = duration.map(|s| SessionDuration::try_from(Duration::from_secs(s)).unwrap());

        let parameters = SessionParameters::new(&role)
            .session_name(text("RoleSessionName").map(|t| t.parse().unwrap()).as_ref())
            .external_id(text("ExternalId").map(|t| t.parse().unwrap()).as_ref())
            .mfa_serial(text("SerialNumber").map(|t| t.parse().unwrap()).as_ref())
            .policy(text("Policy").map(|t| t.parse().unwrap()).as_ref())
            .duration(duration);

        assert_eq!(parameters.cache_key(), case["key"].as_str().unwrap(), "{given}");
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
            "SessionToken": "t", "Expiration": "2040-01-01T00:00:00Z"}}{}}}"#,
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
    let denied = async || -> Result<Credentials, Error> {
        Err(Error::new(stscreds_core::ErrorKind::AccessDenied, "no"))
    };
    let kept = desk.cache().keep(denied, &parameters());

    let error = kept.credentials().await.unwrap_err();

    assert_eq!(error.kind(), stscreds_core::ErrorKind::AccessDenied);
    assert!(!desk.file().exists());
}

#[tokio::test]
async fn long_term_keys_are_not_kept() {
    let desk = Desk::new();
    let kept = desk.cache().keep(Credentials::new("AKIALONG", "planted"), &parameters());

    assert_eq!(key_of(&kept).await, "AKIALONG");

    assert!(!desk.file().exists());
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
