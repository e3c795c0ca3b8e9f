use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What an assertion says, once all of it has been checked.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assertion {
    /// Who made it.
    pub issuer: String,
    /// The `NameID`.
    pub subject: String,
    /// The format of the `NameID` without the part that all formats of SAML 2.0 begin with: `persistent`, `transient`, or a whole URI.
    pub subject_type: String,
    /// The `Recipient`, which STS answers with as the audience.
    pub audience: String,
    /// The pairs of the attribute `Role`: provider ARN and role ARN.
    pub roles: Vec<(String, String)>,
    /// The attribute `RoleSessionName`.
    pub role_session_name: String,
    /// The attribute `SessionDuration`, in seconds.
    pub session_duration: Option<i32>,
    /// `SessionNotOnOrAfter`, in seconds since 1970: the session must not outlive it.
    pub session_not_on_or_after: Option<i64>,
    /// The attribute `SourceIdentity`.
    pub source_identity: Option<String>,
    /// The attributes `PrincipalTag:..`, key and value, ordered by key.
    pub tags: Vec<(String, String)>,
    /// The attribute `TransitiveTagKeys`.
    pub transitive_tag_keys: Vec<String>,
    /// The SHA-256 hash of the key that signed it, in hexadecimal.
    pub signing_key_hash: String,
    /// All attributes by name.
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl Assertion {
    /// Whether it lets its subject assume this role through this provider.
    #[must_use]
    pub fn has_role(&self, provider_arn: &str, role_arn: &str) -> bool {
        self.roles.iter().any(|(provider, role)| provider == provider_arn && role == role_arn)
    }

    /// The `NameQualifier` that STS answers with: a hash of issuer, account and provider name.
    ///
    /// See [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html#API_AssumeRoleWithSAML_ResponseElements).
    #[must_use]
    pub fn name_qualifier(&self, account: &str, provider_name: &str) -> String {
        let hashed = format!("{}{account}/{provider_name}", self.issuer);
        STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, hashed.as_bytes()))
    }
}

/// Without subject and attributes, which are personal data.
impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Assertion");
        debug
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
