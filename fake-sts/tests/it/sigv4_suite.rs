//! The public Signature Version 4 test suite: accepted as signed, refused with any letter changed.

use fake_sts::auth::{Incoming, Region, Rules};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

const SUITE: &str = include_str!("sigv4_suite.txt");
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn now() -> Timestamp {
    "2015-08-30T12:36:00Z".parse().unwrap()
}

fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    SUITE.split("#### ").skip(1).map(|case| case.split_once('\n').unwrap())
}

/// Reads a request and verifies its signature. The text is that of HTTP but for the ends of lines.
fn is_accepted(request: &str) -> bool {
    let (head, body) = request.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let line = lines.next().unwrap();
    let Some((method, rest)) = line.split_once(' ') else { return false };
    let Some(target) = rest.strip_suffix(" HTTP/1.1") else { return false };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    // A continued line is one blank to HTTP; no parser hands it on in another form.
    for line in head.replace("\n ", " ").lines().skip(1) {
        let Some((name, value)) = line.split_once(':') else { return false };
        let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name), HeaderValue::from_bytes(value.trim().as_bytes()))
        else {
            return false;
        };
        headers.append(name, value);
    }
    let body = body.strip_suffix('\n').unwrap_or(body);
    let incoming = Incoming { method, path, query, headers: &headers, body: body.as_bytes() };
    let rules = Rules { service: "service", region: Region::Only("us-east-1"), ..Rules::sts() };
    let presented = rules.read(&incoming, now());
    presented.is_ok_and(|presented| {
        presented.access_key_id() == "AKIDEXAMPLE" && presented.verify(SECRET).is_ok()
    })
}

#[test]
fn every_case_is_accepted() {
    let refused = cases()
        .filter(|(_, request)| !is_accepted(request))
        .map(|(name, _)| name)
        .collect::<Vec<_>>();

    assert_eq!((cases().count(), refused), (64, Vec::new()));
}

#[test]
fn no_case_is_accepted_with_a_digit_of_its_signature_changed() {
    for (name, request) in cases() {
        let at = request.find("Signature=").unwrap() + "Signature=".len();
        let digit = if request.as_bytes()[at] == b'0' { "1" } else { "0" };
        let mut altered = request.to_owned();
        altered.replace_range(at..=at, digit);

        assert!(!is_accepted(&altered), "{name}");
    }
}
