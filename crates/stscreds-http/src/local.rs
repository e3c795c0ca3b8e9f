//! What container and instance endpoints have in common: small JSON documents with keys
//! in them, from an address that is this machine or part of AWS.

mod document;
mod host;
mod json;
mod source;

pub(crate) use self::document::credentials;
pub(crate) use self::host::Endpoint;
pub(crate) use self::source::{Failure, LocalSource};
