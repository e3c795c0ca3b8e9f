/// The version of the policy language, which decides whether there are policy variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Also the version of a document that names none.
    V2008,
    V2012,
}
