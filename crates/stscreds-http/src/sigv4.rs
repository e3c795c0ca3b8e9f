//! [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html):
//! pure functions of request, credentials and time.

mod canonical;
mod encode;
mod hmac;
#[cfg(test)]
#[path = "../tests/sigv4/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "../tests/sigv4/suite.rs"]
mod suite;

use std::time::Duration;

use sha2::{Digest, Sha256};
use stscreds_core::{Credentials, Timestamp};
use zeroize::Zeroizing;

use self::canonical::{SignedHeaders, canonical_request};
pub(crate) use self::encode::encoded_into;
use self::hmac::hmac_sha256;

/// A request as its signature sees it: as it is on the wire, but for what signing adds.
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Without the question mark.
    pub(crate) query: &'a str,
    /// The headers to sign, names in lower case.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

/// Where and when a signature is valid.
pub(crate) struct Scope<'a> {
    region: &'a str,
    service: &'a str,
    /// Made once: a signature names it five times.
    instant: String,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(region: &'a str, service: &'a str, at: Timestamp) -> Self {
        let text = at.to_string();
        let seconds = text.get(..19).unwrap_or_default();
        let mut instant: String = seconds.chars().filter(|c| !matches!(c, '-' | ':')).collect();
        instant.push('Z');
        Self { region, service, instant }
    }

    /// `20260713T120000Z`, as `x-amz-date` has it.
    pub(crate) fn instant(&self) -> &str {
        &self.instant
    }

    /// `20260713`.
    fn day(&self) -> &str {
        self.instant.get(..8).unwrap_or_default()
    }

    /// `20260713/eu-central-1/sts/aws4_request`.
    fn credential_scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.day(), self.region, self.service)
    }
}

/// The value of the header `authorization`.
///
/// The headers must include `x-amz-date`, and `x-amz-security-token` for temporary
/// credentials.
pub(crate) fn authorization(
    request: &Unsigned<'_>,
    scope: &Scope<'_>,
    credentials: &Credentials,
) -> String {
    let (signed_headers, signature) = signature(request, scope, credentials);
    format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={signed_headers}, Signature={signature}",
        credentials.access_key_id(),
        scope.credential_scope(),
    )
}

/// The query of a presigned request: what it had, and the parameters that sign it.
///
/// The session token is in it: the query is a secret.
pub(crate) fn presigned_query(
    request: &Unsigned<'_>,
    scope: &Scope<'_>,
    credentials: &Credentials,
    expires_in: Duration,
) -> Zeroizing<String> {
    let mut query = Zeroizing::new(request.query.to_owned());
    let mut add = |name: &str, value: &str| {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        encoded_into(&mut query, value.as_bytes());
    };
    let credential = format!("{}/{}", credentials.access_key_id(), scope.credential_scope());
    add("X-Amz-Algorithm", ALGORITHM);
    add("X-Amz-Credential", &credential);
    add("X-Amz-Date", scope.instant());
    add("X-Amz-Expires", &expires_in.as_secs().to_string());
    add("X-Amz-SignedHeaders", &SignedHeaders::of(request.headers).names());
    if let Some(token) = credentials.session_token() {
        add("X-Amz-Security-Token", token.expose());
    }
    let (_, signature) = signature(&Unsigned { query: &query, ..*request }, scope, credentials);
    query.push_str("&X-Amz-Signature=");
    query.push_str(&signature);
    query
}

/// The names of the signed headers, and the signature.
fn signature(
    request: &Unsigned<'_>,
    scope: &Scope<'_>,
    credentials: &Credentials,
) -> (String, String) {
    let headers = SignedHeaders::of(request.headers);
    let canonical = canonical_request(request, &headers);
    let string_to_sign = format!(
        "{ALGORITHM}\n{}\n{}\n{}",
        scope.instant(),
        scope.credential_scope(),
        hexadecimal(&Sha256::digest(canonical.as_bytes())),
    );
    let key = signing_key(scope, credentials);
    (headers.names(), hexadecimal(&hmac_sha256(&*key, string_to_sign.as_bytes())))
}

fn signing_key(scope: &Scope<'_>, credentials: &Credentials) -> Zeroizing<[u8; 32]> {
    let secret = credentials.secret_access_key().expose();
    let mut first = Zeroizing::new(Vec::with_capacity(secret.len() + 4));
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret.as_bytes());
    let of_day = Zeroizing::new(hmac_sha256(&first, scope.day().as_bytes()));
    let of_region = Zeroizing::new(hmac_sha256(&*of_day, scope.region.as_bytes()));
    let of_service = Zeroizing::new(hmac_sha256(&*of_region, scope.service.as_bytes()));
    Zeroizing::new(hmac_sha256(&*of_service, b"aws4_request"))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit =
        |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble });
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
