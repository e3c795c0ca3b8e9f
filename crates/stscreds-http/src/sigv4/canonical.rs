use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::encode::{decoded, encoded_into};
use super::{Unsigned, hexadecimal};

/// Headers in canonical form: sorted, the values of one name together, white space
/// collapsed.
pub(super) struct SignedHeaders(Vec<(String, Zeroizing<String>)>);

impl SignedHeaders {
    pub(super) fn of(headers: &[(&str, &str)]) -> Self {
        let mut all: Vec<(String, Zeroizing<String>)> = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let value = collapsed(value);
            match all.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => {
                    values.push(',');
                    values.push_str(&value);
                }
                None => all.push(((*name).to_owned(), value)),
            }
        }
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self(all)
    }

    /// `content-type;host;x-amz-date`.
    pub(super) fn names(&self) -> String {
        self.0.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
    }
}

/// The text that is hashed and signed. The session token is in it.
pub(super) fn canonical_request(
    request: &Unsigned<'_>,
    headers: &SignedHeaders,
) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(1024));
    text.push_str(request.method);
    text.push('\n');
    canonical_path_into(&mut text, request.path);
    text.push('\n');
    canonical_query_into(&mut text, request.query);
    text.push('\n');
    for (name, value) in &headers.0 {
        text.push_str(name);
        text.push(':');
        text.push_str(value);
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&headers.names());
    text.push('\n');
    text.push_str(&hexadecimal(&Sha256::digest(request.body)));
    text
}

/// Without `.`, `..` and empty segments, each segment encoded once more than on the
/// wire, as every service but S3 has it.
fn canonical_path_into(text: &mut String, path: &str) {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    for segment in &segments {
        text.push('/');
        encoded_into(text, segment.as_bytes());
    }
    let ends_in_slash = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    if segments.is_empty() || ends_in_slash {
        text.push('/');
    }
}

/// Parameters sorted by their encoded names, then values.
fn canonical_query_into(text: &mut String, query: &str) {
    let normal = |part: &str| {
        let mut normal = Zeroizing::new(String::with_capacity(part.len()));
        encoded_into(&mut normal, &Zeroizing::new(decoded(part)));
        normal
    };
    let mut parameters: Vec<_> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .map(|(name, value)| (normal(name), normal(value)))
        .collect();
    parameters.sort_by(|a, b| (a.0.as_str(), a.1.as_str()).cmp(&(b.0.as_str(), b.1.as_str())));
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
}

fn collapsed(value: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(value.len()));
    for word in value.split_ascii_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}
