mod partition;
#[rustfmt::skip]
mod partitions;
mod settings;

use std::fmt;
use std::str::FromStr;

use http::Uri;
use stscreds_core::{Error, ErrorKind};

pub use self::settings::EndpointSettings;

/// Where STS is, and the region that its requests are signed for.
///
/// Parsed from the name of a region it is the regional endpoint. `aws-global` is the
/// global one, `sts.amazonaws.com`, signed for `us-east-1`; its session tokens are not
/// valid in regions that an account
/// [has to opt in to](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html).
/// For FIPS, dual stack and endpoints of your own see [`EndpointSettings`].
///
/// ```
/// use stscreds_http::StsEndpoint;
///
/// let endpoint: StsEndpoint = "eu-central-1".parse()?;
///
/// assert_eq!(endpoint.to_string(), "https://sts.eu-central-1.amazonaws.com/");
/// assert_eq!(endpoint.signing_region(), "eu-central-1");
/// # Ok::<_, stscreds_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StsEndpoint {
    uri: Uri,
    signing_region: String,
}

impl StsEndpoint {
    /// The endpoint that environment variables describe; see
    /// [`EndpointSettings::from_env`].
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if no region is set or
    /// a variable is invalid.
    pub fn from_env() -> Result<Self, Error> {
        EndpointSettings::from_env()?.resolve()
    }

    /// The URL that requests are sent to.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The region that requests are signed for.
    #[must_use]
    pub fn signing_region(&self) -> &str {
        &self.signing_region
    }
}

/// The regional endpoint of this region.
impl FromStr for StsEndpoint {
    type Err = Error;

    fn from_str(region: &str) -> Result<Self, Error> {
        EndpointSettings::new(region).resolve()
    }
}

/// Its URL.
impl fmt::Display for StsEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

fn refused(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, what)
}
