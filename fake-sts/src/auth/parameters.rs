/// The parts of a signature as a request presents them, whichever way it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters<'a> {
    pub(super) credential: String,
    pub(super) signed_headers: String,
    pub(super) signature: String,
    pub(super) date: String,
    pub(super) token: Option<String>,
    /// The query as it was signed: a presigned one without its own signature.
    pub(super) query: Vec<&'a str>,
}
