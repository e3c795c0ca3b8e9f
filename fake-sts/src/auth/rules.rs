use http::header;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    authorization, canonical::Incoming, date, fault::AuthFault, presented::Presented, presigned,
    scope::Credential,
};

/// What a service demands of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "these two things make a scope, by definition of the algorithm"
)]
pub struct Rules<'a> {
    /// The signing name of the service.
    pub service: &'a str,
    /// For which regions a signature may be made.
    pub region: Region<'a>,
    /// Whether a signature may leave the body out.
    pub unsigned_payload: UnsignedPayload,
    /// How far the date of a signature may be from now.
    pub window: SignatureWindow,
}

/// Whether a signature may leave the body out, by the header `x-amz-content-sha256: UNSIGNED-PAYLOAD`.
///
/// Made for object stores. No answer of STS to it has been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UnsignedPayload {
    /// It may, as the algorithm allows.
    #[default]
    Accept,
    /// It may not: the signature does not match.
    Refuse,
}

/// How many minutes the date of a signature may be from now, either way.
///
/// STS takes 15, which its messages tell; other services take 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct SignatureWindow(pub u32);

impl Default for SignatureWindow {
    fn default() -> Self {
        Self(15)
    }
}

/// The regions that a credential scope may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region<'a> {
    /// Any that is not empty.
    Any,
    /// This one.
    Only(&'a str),
}

impl Rules<'_> {
    /// The rules of STS, for a signature of any region.
    #[must_use]
    pub fn sts() -> Self {
        Self {
            service: "sts",
            region: Region::Any,
            unsigned_payload: UnsignedPayload::default(),
            window: SignatureWindow::default(),
        }
    }

    /// Reads the signature of a request and checks all of it that needs no secret.
    ///
    /// # Errors
    ///
    /// The first fault, in the order in which the service looks for them.
    pub fn read(&self, request: &Incoming<'_>, now: Timestamp) -> Result<Presented, AuthFault> {
        let authorization = request.headers.get(header::AUTHORIZATION);
        let algorithm = presigned::first(request.query, presigned::ALGORITHM);
        let parameters = match (authorization, algorithm) {
            (Some(_), Some(_)) => return Err(AuthFault::Ambiguous),
            (None, None) => return Err(AuthFault::Missing),
            (Some(value), None) => {
                authorization::read(request, &String::from_utf8_lossy(value.as_bytes()))?
            }
            (None, Some(algorithm)) => presigned::read(request, &algorithm)?,
        };
        check_host(&parameters.signed_headers)?;
        date::check_window(date::parse(&parameters.date)?, now, self.window)?;
        let credential_text = parameters.credential.clone();
        let credential = Credential::parse(&credential_text)?;
        credential.check(self, &parameters.date)?;
        Ok(Presented::new(self, request, parameters, &credential))
    }
}

fn check_host(signed_headers: &str) -> Result<(), AuthFault> {
    let signed = |name: &str| name.eq_ignore_ascii_case("host") || name == ":authority";
    if signed_headers.split(';').any(signed) {
        return Ok(());
    }
    let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    Err(AuthFault::DoesNotMatch(message.to_owned()))
}
