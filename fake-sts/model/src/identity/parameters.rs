/// The parts of a signature as a request presents them, whichever way it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters<'a> {
    pub(super) credential: String,
    pub(super) signed_headers: String,
    pub(super) signature: String,
    pub(super) date: String,
    pub(super) token: Option<String>,
    /// The queries that may have been signed. A presigned one was signed without its own signature; with or without the session token, which some
    /// signers add later.
    pub(super) queries: Vec<Vec<&'a str>>,
}
