use std::fmt;

use super::canonical::{Incoming, canonical_request};
use super::parameters::Parameters;
use super::rules::Rules;
use super::scope::Credential;
use super::signature;
use crate::wire::{ErrorCode, Refusal};

/// A signature that is complete, recent and in scope, and still to be compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    credential: String,
    token: Option<String>,
    signature: String,
    /// What may have been signed. Nothing, when a header is missing that the signature covers: then no secret can match.
    strings_to_sign: Vec<String>,
}

/// The signature is not the one that the key's secret makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. \
     Consult the service documentation for details."
)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing to add to it")]
pub struct SignatureMismatch;

impl Presented {
    pub(super) fn new(
        rules: &Rules<'_>,
        request: &Incoming<'_>,
        parameters: Parameters<'_>,
        credential: &Credential<'_>,
    ) -> Self {
        let signed = |query: &Vec<&str>| {
            let canonical = canonical_request(rules, request, query, &parameters.signed_headers)?;
            Some(signature::string_to_sign(&parameters.date, credential, &canonical))
        };
        let strings_to_sign = parameters.queries.iter().filter_map(signed).collect();
        Self {
            token: parameters.token,
            signature: parameters.signature,
            strings_to_sign,
            credential: parameters.credential,
        }
    }

    /// The id of the key that is said to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.credential.split('/').next().unwrap_or_default()
    }

    /// The region of the credential scope.
    #[must_use]
    pub fn region(&self) -> &str {
        self.credential.split('/').nth(2).unwrap_or_default()
    }

    /// The session token, if one came along.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Compares the signature with the one that a secret access key makes.
    ///
    /// # Errors
    ///
    /// When they differ.
    pub fn verify(&self, secret_access_key: &str) -> Result<(), SignatureMismatch> {
        let credential = Credential::parse(&self.credential).map_err(|_| SignatureMismatch)?;
        let matches = |text: &String| {
            signature::matches(secret_access_key, &credential, text, &self.signature)
        };
        if self.strings_to_sign.iter().any(matches) { Ok(()) } else { Err(SignatureMismatch) }
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the token nor the signature: whoever has them can use them for 15 minutes.
        f.debug_struct("Presented").field("credential", &self.credential).finish_non_exhaustive()
    }
}

impl From<SignatureMismatch> for Refusal {
    fn from(mismatch: SignatureMismatch) -> Self {
        Self::new(ErrorCode::SignatureDoesNotMatch, mismatch.to_string()).because(
            "the secret of this access key makes another signature: the caller has another secret, or the request was changed after it was signed",
        )
    }
}
