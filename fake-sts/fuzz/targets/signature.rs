//! The signature of a request, in its header or its query. Input: method and target, headers, an empty line, a body.

#![no_main]

use fake_sts::auth::{Incoming, Rules};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

/// 2026-01-01T00:00:00Z, the time at which the seeds are signed.
const NOW: i64 = 1_767_225_600;

const SECRET: &str = "fake-sts/secret/of/alice/not/for/real/00";

fuzz_target!(|text: &str| {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines.filter_map(header).collect::<HeaderMap>();
    let incoming = Incoming { method, path, query, headers: &headers, body: body.as_bytes() };
    match Rules::sts().read(&incoming, jiff::Timestamp::from_second(NOW).unwrap()) {
        Ok(presented) => {
            let matches = presented.verify(SECRET).is_ok();
            assert!(!(matches && presented.verify("another secret").is_ok()));
        }
        Err(fault) => drop(fault.with_hashed_header().to_string()),
    }
});

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.parse().ok()?, value.trim().parse().ok()?))
}
