use std::borrow::Cow;

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::presigned;
use super::rules::{Dialect, Rules, UnsignedPayload};
use super::signature::sha256_hex;

/// A request as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The method really used: a URL presigned for `POST` does not serve for `GET`.
    pub method: &'a str,
    /// The path, undecoded.
    pub path: &'a str,
    /// The query without its question mark, undecoded; empty if there is none.
    pub query: &'a str,
    /// All header fields, in the order of the wire.
    pub headers: &'a HeaderMap,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// The canonical form of a request, or `None` when a header that should be signed is not there.
///
/// `query` holds the pairs that were signed, in any order.
pub(super) fn canonical_request(
    rules: &Rules<'_>,
    request: &Incoming<'_>,
    query: &[&str],
    signed_headers: &str,
) -> Option<String> {
    let mut out = String::with_capacity(1024);
    out.push_str(request.method);
    out.push('\n');
    match rules.dialect {
        Dialect::Common => out.push_str(&canonical_path(request.path)),
        Dialect::S3 => out.push_str(&recoded_path(request.path)),
    }
    out.push('\n');
    out.push_str(&canonical_query(query));
    out.push('\n');
    let signed_headers = signed_headers.to_ascii_lowercase();
    for name in signed_headers.split(';') {
        push_header(&mut out, request.headers, name)?;
    }
    out.push('\n');
    out.push_str(&signed_headers);
    out.push('\n');
    out.push_str(&payload_hash(rules, request)?);
    Some(out)
}

/// Dot segments removed, slashes collapsed, a slash at the end kept; each other byte encoded once more.
fn canonical_path(path: &str) -> Cow<'static, str> {
    if path.is_empty() || path == "/" {
        return Cow::Borrowed("/");
    }
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(percent_encode(other.as_bytes(), ENCODED).to_string()),
        }
    }
    let directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let end = if directory && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/")).into()
}

/// Decoded, then encoded once; nothing is removed, since every path names an object.
fn recoded_path(path: &str) -> String {
    let segment = |text| {
        let decoded = Cow::<[u8]>::from(percent_decode_str(text));
        percent_encode(&decoded, ENCODED).to_string()
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn canonical_query(pairs: &[&str]) -> String {
    let split = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (recoded(name), recoded(value))
    };
    let mut pairs = pairs.iter().filter(|pair| !pair.is_empty()).map(split).collect::<Vec<_>>();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Decoded, then encoded in the one way that signatures know.
fn recoded(text: &str) -> String {
    let text =
        if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    let decoded = Cow::<[u8]>::from(percent_decode_str(&text));
    percent_encode(&decoded, ENCODED).to_string()
}

fn push_header(out: &mut String, headers: &HeaderMap, name: &str) -> Option<()> {
    out.push_str(name);
    out.push(':');
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    while let Some(value) = values.next() {
        let text = String::from_utf8_lossy(value.as_bytes());
        for (at, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
        if values.peek().is_some() {
            out.push(',');
        }
    }
    out.push('\n');
    Some(())
}

/// The hash of the body, which `x-amz-content-sha256` may repeat or declare unsigned, but not misstate.
fn payload_hash(rules: &Rules<'_>, request: &Incoming<'_>) -> Option<String> {
    let declared = request.headers.get("x-amz-content-sha256");
    if rules.dialect == Dialect::S3 {
        let presigned = presigned::first(request.query, presigned::ALGORITHM).is_some();
        match declared {
            None if presigned => return Some(UNSIGNED_PAYLOAD.to_owned()),
            // The signature covers this word; the chunks have signatures of their own.
            Some(declared) if declared.as_bytes().starts_with(b"STREAMING-") => {
                return declared.to_str().ok().map(str::to_owned);
            }
            _ => {}
        }
    }
    let hash = sha256_hex(request.body);
    match declared {
        None => Some(hash),
        Some(declared) if declared.as_bytes() == hash.as_bytes() => Some(hash),
        Some(declared) => {
            let unsigned = declared.as_bytes() == UNSIGNED_PAYLOAD.as_bytes()
                && rules.unsigned_payload == UnsignedPayload::Accept;
            unsigned.then(|| UNSIGNED_PAYLOAD.to_owned())
        }
    }
}

const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[track_caller]
    fn check_path(path: &str, wanted: &str) {
        assert_eq!(canonical_path(path), wanted, "{path}");
    }

    #[test]
    fn paths_are_normalised_and_encoded() {
        check_path("/", "/");
        check_path("", "/");
        check_path("//", "/");
        check_path("/./", "/");
        check_path("/.", "/");
        check_path("/foo/..", "/");
        check_path("/foo/bar/../..", "/");
        check_path("//foo//", "/foo/");
        check_path("/foo/./bar/..", "/foo/");
        check_path("/example space/", "/example%20space/");
        check_path("/\u{1234}", "/%E1%88%B4");
        check_path("/a%20b", "/a%2520b");
        check_path("/-._~0", "/-._~0");
    }

    #[test]
    fn paths_of_objects_are_encoded_once_and_kept() {
        for (path, wanted) in [
            ("/", "/"),
            ("/bucket/a%20b", "/bucket/a%20b"),
            ("/bucket//a/../b/", "/bucket//a/../b/"),
            ("/bucket/a+b=c", "/bucket/a%2Bb%3Dc"),
            ("/bucket/%E1%88%B4", "/bucket/%E1%88%B4"),
        ] {
            assert_eq!(recoded_path(path), wanted);
        }
    }

    #[track_caller]
    fn check_query(query: &str, wanted: &str) {
        assert_eq!(canonical_query(&query.split('&').collect::<Vec<_>>()), wanted, "{query}");
    }

    #[test]
    fn queries_are_recoded_and_sorted() {
        check_query("", "");
        check_query("b=2&a=2&a=1", "a=1&a=2&b=2");
        check_query("a", "a=");
        check_query("a=%2f+x%20y", "a=%2Fx%20y".replace("%2Fx", "%2F%20x").as_str());
        check_query("a=b=c", "a=b%3Dc");
        check_query("a-b=1&a=1", "a=1&a-b=1");
        check_query("%E1%88%B4=bar", "%E1%88%B4=bar");
        check_query("a=%ff", "a=%FF");
    }

    #[track_caller]
    fn check_header(values: &[&str], wanted: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                HeaderName::from_static("my-header"),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let mut out = String::new();
        let pushed = push_header(&mut out, &headers, "my-header");
        assert_eq!(pushed.map(|()| out.as_str()), wanted, "{values:?}");
    }

    #[test]
    fn header_values_are_trimmed_collapsed_and_joined() {
        check_header(&["a"], Some("my-header:a\n"));
        check_header(&["  a   b  "], Some("my-header:a b\n"));
        check_header(&["\"a   b\""], Some("my-header:\"a b\"\n"));
        check_header(&["c", "a", "b"], Some("my-header:c,a,b\n"));
        check_header(&["", "a"], Some("my-header:,a\n"));
        check_header(&[""], Some("my-header:\n"));
        check_header(&[], None);
    }
}
