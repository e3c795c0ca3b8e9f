#![cfg_attr(not(feature = "hyper"), allow(dead_code, reason = "for `from_env`"))]

use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};
use stscreds_transport::HttpClient;

use super::ContainerCredentialsBuilder;
use crate::local::Endpoint;

/// The endpoint and the token that variables name.
pub(super) fn builder(
    variable: impl Fn(&str) -> Result<Option<String>, Error>,
    http: Arc<dyn HttpClient>,
) -> Result<ContainerCredentialsBuilder, Error> {
    let endpoint = match (variable(RELATIVE)?, variable(FULL)?) {
        (Some(path), _) if path.starts_with('/') => {
            Endpoint::parse(RELATIVE, &format!("http://169.254.170.2{path}"))?
        }
        (Some(_path), _) => {
            let what = format!("invalid {RELATIVE}: it must begin with /");
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        (None, Some(url)) => Endpoint::parse(FULL, &url)?,
        (None, None) => {
            let what = format!("no container credentials: neither {RELATIVE} nor {FULL} is set");
            return Err(Error::new(ErrorKind::NoCredentials, what).unrecoverable());
        }
    };
    let builder = ContainerCredentialsBuilder::new(endpoint, http);
    Ok(match (variable(TOKEN_FILE)?, variable(TOKEN)?) {
        (Some(path), _) => builder.authorization_token_file(path),
        (None, Some(token)) => builder.authorization_token(token),
        (None, None) => builder,
    })
}

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
