use http::request::Parts;
use http::{Method, header};

use super::reply::Reply;
use crate::action::{OUTBOUND_ISSUERS, issuer_url, outbound_document};
use crate::state::State;

/// What the issuer of an account's outbound tokens serves, if the request is sent to its name: the discovery document and the keys.
pub(super) fn reply(state: &State, parts: &Parts) -> Option<Reply> {
    let host = parts.headers.get(header::HOST)?.to_str().ok()?;
    let name = host.split(':').next().filter(|name| name.ends_with(OUTBOUND_ISSUERS))?;
    if parts.method != Method::GET {
        return Some(Reply::empty(405));
    }
    let directory = state.directory();
    let accounts = directory.world().accounts.iter().filter_map(|account| account.id.parse().ok());
    let mut issuers = accounts.map(|account| issuer_url(&state.seal, account));
    let document = issuers
        .find(|issuer| issuer.strip_prefix("https://") == Some(name))
        .and_then(|issuer| outbound_document(&issuer, parts.uri.path()));
    Some(match document {
        Some(document) => Reply::foreign(200, "application/json", document.to_string()),
        None => Reply::empty(404),
    })
}
