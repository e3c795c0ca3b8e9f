/// What a policy is for, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyKind {
    /// A role's trust policy: names principals, and no resource.
    Trust,
    /// A policy of a user or role: names resources, and no principal.
    Identity,
    /// A resource control policy of an organization: names everybody, and resources.
    ResourceControl,
    /// A policy passed when a session is requested: as an identity policy.
    Session,
}
