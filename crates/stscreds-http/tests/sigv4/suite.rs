//! The cases of the public
//! [test suite](https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use stscreds_core::Credentials;

use super::canonical::{SignedHeaders, canonical_request};
use super::encode::decoded;
use super::{Scope, Unsigned, authorization, presigned_query};

struct Case {
    folder: PathBuf,
    context: Value,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("request.txt")).unwrap().replace('\r', "");
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
        // A continued line is one blank to HTTP.
        let head = head.replace("\n ", " ");
        let mut lines = head.lines();
        let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
        let target = rest.strip_suffix(" HTTP/1.1").unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines.map(|line| line.split_once(':').unwrap());
        let context = fs::read_to_string(folder.join("context.json")).unwrap();
        Self {
            folder: folder.to_owned(),
            context: serde_json::from_str(&context).unwrap(),
            method: method.to_owned(),
            // The suite has paths that are encoded once; ours are encoded once more than on the wire.
            path: String::from_utf8(decoded(path)).unwrap(),
            query: query.to_owned(),
            headers: headers.map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect(),
            body: body.to_owned(),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.context[name].as_str().unwrap()
    }

    fn is(&self, name: &str) -> bool {
        self.context[name].as_bool().unwrap_or_default()
    }

    fn expected(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap().replace('\r', "")
    }

    fn scope(&self) -> Scope<'_> {
        let at = self.text("timestamp").parse().unwrap();
        Scope::new(self.text("region"), self.text("service"), at)
    }

    fn credentials(&self) -> Credentials {
        let of = |name: &str| self.context["credentials"][name].as_str();
        let secret = of("secret_access_key").unwrap();
        let builder = Credentials::builder(of("access_key_id").unwrap(), secret);
        match of("token") {
            Some(token) => builder.session_token(token).build(),
            None => builder.build(),
        }
    }

    /// Signs by header: canonical request and signature.
    fn by_header(&self) -> (String, String) {
        let mut headers = self.headers.clone();
        let credentials = self.credentials();
        headers.push(("x-amz-date".into(), self.scope().instant().to_owned()));
        if let Some(token) = credentials.session_token() {
            headers.push(("x-amz-security-token".into(), token.expose().to_owned()));
        }
        if self.is("sign_body") {
            let hash = super::hexadecimal(&sha2::Digest::finalize(sha2::Digest::chain_update(
                <sha2::Sha256 as sha2::Digest>::new(),
                &self.body,
            )));
            headers.push(("x-amz-content-sha256".into(), hash));
        }
        let headers = borrowed(&headers);
        let request = self.unsigned(&headers, &self.query);
        let canonical = canonical_request(&request, &SignedHeaders::of(&headers));
        (canonical.to_string(), authorization(&request, &self.scope(), &credentials))
    }

    fn by_query(&self) -> String {
        let headers = borrowed(&self.headers);
        let request = self.unsigned(&headers, &self.query);
        let expires = self.context["expiration_in_seconds"].as_u64().unwrap();
        let (scope, credentials) = (self.scope(), self.credentials());
        presigned_query(&request, &scope, &credentials, Duration::from_secs(expires)).to_string()
    }

    fn unsigned<'a>(&'a self, headers: &'a [(&'a str, &'a str)], query: &'a str) -> Unsigned<'a> {
        Unsigned {
            method: &self.method,
            path: &self.path,
            query,
            headers,
            body: self.body.as_bytes(),
        }
    }
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Left out: paths that only S3 signs as they are, and session tokens that are added after
/// signing, which no call of STS needs.
fn cases() -> BTreeMap<String, Case> {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws-signing-test-suite/v4");
    let folders = fs::read_dir(suite).unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| {
            (folder.file_name().unwrap().to_string_lossy().into_owned(), Case::read(&folder))
        })
        .filter(|(_, case)| case.is("normalize") && !case.is("omit_session_token"))
        .collect()
}

#[test]
fn each_request_is_signed_by_header_as_the_suite_signs_it() {
    let cases = cases();
    for (name, case) in &cases {
        let (canonical, authorization) = case.by_header();

        assert_eq!(canonical, case.expected("header-canonical-request.txt"), "{name}");
        let signature = case.expected("header-signature.txt");
        assert!(authorization.ends_with(&format!("Signature={signature}")), "{name}");
        let whole = case.expected("header-signed-request.txt");
        assert!(whole.contains(&authorization), "{name}: {authorization}");
    }
    assert_eq!(cases.len(), CASES);
}

#[test]
fn each_request_is_presigned_as_the_suite_presigns_it() {
    let cases = cases();
    for (name, case) in &cases {
        let query = case.by_query();

        let signature = case.expected("query-signature.txt");
        assert!(query.ends_with(&format!("&X-Amz-Signature={signature}")), "{name}: {query}");
    }
    assert_eq!(cases.len(), CASES);
}

const CASES: usize = 30;
