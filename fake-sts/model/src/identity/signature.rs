use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::scope::{Credential, TERMINATOR};

/// The text whose HMAC is the signature.
pub(super) fn string_to_sign(
    date: &str,
    credential: &Credential<'_>,
    canonical_request: &str,
) -> String {
    let hash = sha256_hex(canonical_request.as_bytes());
    format!("AWS4-HMAC-SHA256\n{date}\n{}\n{hash}", credential.scope())
}

/// Whether a signature is the one that the secret makes. Takes the same time wherever they differ.
pub(super) fn matches(
    secret: &str,
    credential: &Credential<'_>,
    string_to_sign: &str,
    presented: &str,
) -> bool {
    let mut key = hmac_sha256(format!("AWS4{secret}").as_bytes(), credential.date.as_bytes());
    for part in [credential.region, credential.service, TERMINATOR] {
        key = hmac_sha256(&key, part.as_bytes());
    }
    let signature = HEXLOWER.encode(&hmac_sha256(&key, string_to_sign.as_bytes()));
    signature.as_bytes().ct_eq(presented.as_bytes()).into()
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC is defined for keys of every length (RFC 2104, section 2); the error exists for other constructions.
    #[expect(clippy::expect_used, reason = "see above")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_documentation_comes_out() {
        let credential =
            Credential::parse("AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request").unwrap();
        let canonical = "GET\n/\nAction=ListUsers&Version=2010-05-08\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\n\
                         host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n\
                         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

        let text = string_to_sign("20150830T123600Z", &credential, canonical);

        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        assert!(matches(secret, &credential, &text, signature));
        assert!(!matches(secret, &credential, &text, &signature.to_uppercase()));
        assert!(!matches(secret, &credential, &text, ""));
        assert!(!matches("another", &credential, &text, signature));
    }
}
