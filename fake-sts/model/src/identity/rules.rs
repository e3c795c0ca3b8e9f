use serde::{Deserialize, Serialize};

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
    /// In which form of the algorithm the service calculates.
    pub dialect: Dialect,
}

/// In which form of the algorithm a service calculates signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// Paths are normalised and encoded twice, and a presigned URL lives as long as any signature.
    #[default]
    Common,
    /// That of S3: paths are taken as they are, a body can come in chunks, and a presigned URL covers no body and lives as long as it says.
    ///
    /// See [the S3 form](https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
    S3,
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

impl<'a> Rules<'a> {
    /// The rules of another service, for a signature of any region.
    #[must_use]
    pub fn of(service: &'a str) -> Self {
        let dialect = match service {
            "s3" | "s3express" => Dialect::S3,
            _ => Dialect::Common,
        };
        Self { service, dialect, ..Rules::sts() }
    }
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
            dialect: Dialect::Common,
        }
    }
}
