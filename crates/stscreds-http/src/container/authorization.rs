use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use http::HeaderValue;
use stscreds_core::{Error, ErrorKind, SecretString};
use zeroize::Zeroizing;

use crate::client::{header, sensitive};

/// The value of the header `Authorization`, as it is: no scheme is put before it.
#[derive(Debug, Clone)]
pub(super) enum Authorization {
    None,
    Fixed(SecretString),
    /// Read at each request: EKS replaces it every few hours.
    File(PathBuf),
}

impl Authorization {
    pub(super) async fn header(&self) -> Result<Option<HeaderValue>, Error> {
        let token = match self {
            Self::None => return Ok(None),
            Self::Fixed(token) => token.clone(),
            Self::File(path) => {
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || read(&path)).await;
                read.map_err(|gone| {
                    let what = "reading the authorization token was cancelled";
                    Error::new(ErrorKind::IdentityTokenUnreadable, what).with_source(gone)
                })??
            }
        };
        let token = token.expose().trim_end_matches(['\r', '\n']);
        header("the authorization token", token).map(sensitive).map(Some)
    }
}

fn read(path: &Path) -> Result<SecretString, Error> {
    let place = path.display();
    let unreadable = |error| {
        let what = format!("cannot read the authorization token file {place}");
        Error::new(ErrorKind::IdentityTokenUnreadable, what).with_source(error)
    };
    // Before opening: to open a named pipe that nobody writes to would never return.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        let what = format!("the authorization token file {place} is not a regular file");
        return Err(Error::new(ErrorKind::IdentityTokenUnreadable, what));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    let limit = u64::try_from(MAX_BYTES + 1).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_BYTES {
        let what = format!("the authorization token file {place} has more than {MAX_BYTES} bytes");
        return Err(Error::new(ErrorKind::IdentityTokenTooLarge, what));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_error| {
        let what = format!("the authorization token file {place} is not UTF-8");
        Error::new(ErrorKind::IdentityTokenNotUtf8, what)
    })?;
    if text.trim().is_empty() {
        let what = format!("the authorization token file {place} is empty");
        return Err(Error::new(ErrorKind::IdentityTokenEmpty, what));
    }
    Ok(SecretString::from(text))
}

/// A header of 20,000 bytes is more than most servers take; the tokens of EKS have 1,500.
const MAX_BYTES: usize = 20_000;
