//! A file of the CLI's cache, whoever wrote it. Input: what it holds.

#![no_main]

use std::{cell::OnceCell, fs};

use libfuzzer_sys::fuzz_target;
use stscreds_aws_sdk::{CliCache, SessionParameters};
use stscreds_core::{CredentialsProvider as _, Error, ErrorKind, Expires as _, ManualClock, Timestamp};
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
        let nobody = async || Err(Error::new(ErrorKind::NoCredentials, "nobody is asked"));
        let cache = CliCache::at(folder.path()).clock(ManualClock::at(now));
        let kept = cache.keep(nobody, &SessionParameters::new(&role));
        // The name follows from the parameters.
        fs::write(folder.path().join(format!("{}.json", name_of(&format!("{kept:?}")))), content).unwrap();
        match runtime.block_on(kept.credentials()) {
            Ok(session) => assert!(session.remaining_at(now).is_some_and(|left| !left.is_zero())),
            Err(error) => assert_eq!(error.kind(), ErrorKind::NoCredentials),
        }
    });
});

/// The key as `Debug` shows it: `KeptOnDisk { folder: "..", key: "<key>", .. }`.
fn name_of(shown: &str) -> &str {
    shown.split("key: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap()
}
