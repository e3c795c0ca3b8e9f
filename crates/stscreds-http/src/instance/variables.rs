#![cfg_attr(not(feature = "hyper"), allow(dead_code, reason = "for `from_env`"))]

use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};
use stscreds_transport::HttpClient;

use super::InstanceCredentialsBuilder;
use crate::local::Endpoint;

/// The endpoint that variables name.
pub(super) fn builder(
    variable: impl Fn(&str) -> Result<Option<String>, Error>,
    http: Arc<dyn HttpClient>,
) -> Result<InstanceCredentialsBuilder, Error> {
    let refused = |what: String| Error::new(ErrorKind::InvalidConfiguration, what);
    match variable(DISABLED)?.map(|text| text.to_ascii_lowercase()).as_deref() {
        None | Some("false") => {}
        Some("true") => {
            let what = format!("no instance credentials: {DISABLED} is true");
            return Err(Error::new(ErrorKind::NoCredentials, what).unrecoverable());
        }
        Some(_) => return Err(refused(format!("{DISABLED} is neither true nor false"))),
    }
    let endpoint = match (variable(ENDPOINT)?, variable(MODE)?) {
        (Some(url), _) => Endpoint::parse(ENDPOINT, &url)?,
        (None, None) => Endpoint::parse(MODE, IPV4)?,
        (None, Some(mode)) if mode.eq_ignore_ascii_case("IPv4") => Endpoint::parse(MODE, IPV4)?,
        (None, Some(mode)) if mode.eq_ignore_ascii_case("IPv6") => Endpoint::parse(MODE, IPV6)?,
        (None, Some(_)) => return Err(refused(format!("{MODE} is neither IPv4 nor IPv6"))),
    };
    Ok(InstanceCredentialsBuilder::new(endpoint, http))
}

const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";
const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";

const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";
