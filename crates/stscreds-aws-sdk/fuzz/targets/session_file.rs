//! A file of the CLI's cache, whoever wrote it. Input: what it holds.

#![no_main]

use std::{cell::OnceCell, fs};

use libfuzzer_sys::fuzz_target;
use stscreds_aws_sdk::{CliCache, StsClient};
use stscreds_core::{Credentials, CredentialsProvider as _, ManualClock, Timestamp};
use stscreds_provider::AssumeRoleProvider;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// 2026-01-01T00:00:00Z, an hour before the seeds expire.
const NOW: i64 = 1_767_225_600;

thread_local! {
    static PLACE: OnceCell<(Runtime, TempDir)> = const { OnceCell::new() };
}

fuzz_target!(|content: &[u8]| {
    PLACE.with(|place| {
        let (runtime, folder) = place.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            (runtime.unwrap(), tempfile::tempdir().unwrap())
        });
        let role = "arn:aws:iam::111122223333:role/deploy".parse().unwrap();
        let now = Timestamp::from_unix_seconds(NOW);
        // Without a region no call leaves this process.
        let config = aws_types::SdkConfig::builder()
            .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
            .build();
        let sts = StsClient::signed_by(&config, Credentials::new("AKIAEXAMPLE", "nothing"));
        let cache = CliCache::at(folder.path()).clock(ManualClock::at(now));
        let kept = cache.keep(AssumeRoleProvider::builder(sts, role).build());
        fs::write(folder.path().join(FILE), content).unwrap();
        if let Ok(session) = runtime.block_on(kept.credentials()) {
            assert!(session.remaining_at(now).is_some_and(|left| !left.is_zero()));
        }
    });
});

/// As botocore names the file of this role.
const FILE: &str = "36c7d393cf27fa7aa5e80b005ae3ae5a11562a4e.json";
