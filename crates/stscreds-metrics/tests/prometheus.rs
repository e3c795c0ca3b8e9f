//! What a real exporter shows of a cache's life.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::Mutex;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use stscreds_cache::CredentialsCache;
use stscreds_core::{Clock, Credentials, Error, ErrorKind, ManualClock, Timestamp};

const START: i64 = 1_800_000_000;

#[tokio::test(start_paused = true)]
async fn a_scrape_shows_refreshes_failures_rejections_and_when_credentials_expire() {
    let prometheus = PrometheusBuilder::new().install_recorder().unwrap();
    let clock = ManualClock::at(Timestamp::from_unix_seconds(START));
    let answers = Mutex::new(vec![
        Err(Error::new(ErrorKind::AccessDenied, "planted")),
        Ok(900),
        Err(Error::new(ErrorKind::Throttled, "planted")),
        Ok(3600),
    ]);
    let source = {
        let clock = Clock::from(clock.clone());
        move || {
            let expires_in = answers.lock().unwrap().pop().unwrap();
            let expires_at = expires_in.map(|seconds| clock.now() + Duration::from_secs(seconds));
            std::future::ready(
                expires_at.map(|at| {
                    Credentials::builder("ASIAPLANTED", "planted").expires_at(at).build()
                }),
            )
        }
    };
    let cache = CredentialsCache::builder(source)
        .name("deploy")
        .clock(clock.clone())
        .observer(stscreds_metrics::observer())
        .build();

    cache.credentials().await.unwrap();
    cache.refresh().await.unwrap_err();
    cache.invalidate();
    clock.advance(Duration::from_secs(60));
    cache.credentials().await.unwrap();

    let wanted = [
        "# TYPE stscreds_refreshes_total counter",
        r#"stscreds_refreshes_total{cache="deploy",outcome="ok"} 2"#,
        r#"stscreds_refreshes_total{cache="deploy",outcome="failed"} 1"#,
        r#"stscreds_refresh_failures_total{cache="deploy",kind="Throttled"} 1"#,
        r#"stscreds_rejections_total{cache="deploy"} 1"#,
        r#"stscreds_refresh_duration_seconds_count{cache="deploy"} 2"#,
        r#"stscreds_expiry_timestamp_seconds{cache="deploy"} 1800000960"#,
    ];
    // The observer has a thread of its own; what it has not recorded yet it will.
    let mut shown = prometheus.render();
    while !wanted.iter().all(|line| shown.contains(line)) {
        assert!(is_alive(&shown), "{shown}");
        std::thread::yield_now();
        shown = prometheus.render();
    }
    assert!(!shown.to_lowercase().contains("planted"), "{shown}");
}

/// For as long as less is recorded than has happened.
fn is_alive(shown: &str) -> bool {
    shown.matches("stscreds_expiry_timestamp_seconds{").count() < 1 || !shown.contains("1800000960")
}
