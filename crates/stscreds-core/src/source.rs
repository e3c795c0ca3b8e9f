/// One link in the chain of sources that credentials came through.
///
/// For people who debug where credentials come from, and for user-agent
/// strings. The AWS SDKs keep the same list for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProviderSource {
    /// Given in code.
    Code,
    /// Keys in environment variables.
    Environment,
    /// A web identity configured by environment variables.
    EnvironmentWebIdentity,
    /// Keys in a profile.
    Profile,
    /// A profile that names another profile as its source.
    SourceProfile,
    /// A profile that names a source such as `Environment`.
    CredentialSource,
    /// A web identity configured in a profile.
    ProfileWebIdentity,
    /// The output of a `credential_process`.
    Process,
    /// STS `AssumeRole`.
    AssumeRole,
    /// STS `AssumeRoleWithWebIdentity`.
    WebIdentity,
    /// STS `AssumeRoleWithSAML`.
    Saml,
    /// STS `GetSessionToken`.
    SessionToken,
    /// STS `GetFederationToken`.
    FederationToken,
    /// STS `GetScopedCredentials` with a policy.
    ScopedCredentials,
    /// STS `GetScopedCredentials` with a duration alone.
    ScopedLifetime,
    /// The endpoint of a container: ECS, EKS Pod Identity, a broker.
    Container,
    /// The metadata service of an EC2 instance.
    Instance,
    /// A credentials provider of the AWS SDK.
    Sdk,
}
