use std::time::Duration;

/// An endpoint that gives credentials to programs.
///
/// Of each kind a fake has one at most; a later one takes the place of an earlier one.
#[derive(Clone, Debug)]
#[must_use = "give it to `FakeStsBuilder::serve`"]
pub struct Endpoint {
    pub(super) kind: Kind,
    pub(super) role: String,
    pub(super) lifetime: Duration,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Container { token: Option<String> },
    PodIdentity,
    Instance { version_1: bool },
}

/// The lifetime of the sessions that ECS and EC2 give out.
const LIFETIME: Duration = Duration::from_secs(6 * 3600);

impl Endpoint {
    /// Where the container endpoint is, below the URI of the fake.
    pub const CONTAINER_PATH: &'static str = "/v2/credentials/fake-sts";

    /// Where the endpoint of EKS Pod Identity is, below the URI of the fake.
    pub const POD_IDENTITY_PATH: &'static str = "/v1/credentials";

    /// The audience of the tokens that EKS Pod Identity takes.
    pub const POD_IDENTITY_AUDIENCE: &'static str = "pods.eks.amazonaws.com";

    /// The endpoint of a container on ECS, for a role by its ARN or name.
    ///
    /// See [the container provider](https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
    pub fn container(role: impl Into<String>) -> Self {
        Self::new(Kind::Container { token: None }, role)
    }

    /// The agent of EKS Pod Identity, for a role by its ARN or name.
    ///
    /// It wants a token of the fake's issuer for [its audience](Self::POD_IDENTITY_AUDIENCE), which is verified.
    pub fn pod_identity(role: impl Into<String>) -> Self {
        Self::new(Kind::PodIdentity, role)
    }

    /// The metadata service of an EC2 instance, version 2, for a role by its ARN or name.
    ///
    /// See [the service](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html).
    pub fn instance_metadata(role: impl Into<String>) -> Self {
        Self::new(Kind::Instance { version_1: false }, role)
    }

    fn new(kind: Kind, role: impl Into<String>) -> Self {
        Self { kind, role: role.into(), lifetime: LIFETIME }
    }

    /// How long a session lasts, in whole seconds from 1; six hours unless set.
    ///
    /// A new one is given out five minutes before the old one ends, or at half of its life if that is shorter.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime.max(Duration::from_secs(1));
        self
    }

    /// The token that a container must send as `Authorization`. Without effect for other endpoints.
    pub fn token(mut self, expected: impl Into<String>) -> Self {
        if let Kind::Container { token } = &mut self.kind {
            *token = Some(expected.into());
        }
        self
    }

    /// Takes requests of version 1 too, which have no token. Without effect for other endpoints.
    pub fn with_version_1(mut self) -> Self {
        if let Kind::Instance { version_1 } = &mut self.kind {
            *version_1 = true;
        }
        self
    }
}
