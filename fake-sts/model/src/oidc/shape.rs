use serde_json::json;

use super::builder::TokenBuilder;

/// Tokens in the shapes of well-known issuers. The issuer URL is that of the [`Issuer`](super::Issuer) and not changed.
impl TokenBuilder {
    /// As EKS gives to a pod (IAM roles for service accounts).
    ///
    /// See [how IRSA works](https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html).
    #[must_use]
    pub fn eks(self, namespace: &str, service_account: &str) -> Self {
        let kubernetes = json!({"namespace": namespace, "serviceaccount": {"name": service_account, "uid": EXAMPLE_UID}});
        self.subject(format!("system:serviceaccount:{namespace}:{service_account}"))
            // Projected tokens have a list here, also when it is of one.
            .audiences(["sts.amazonaws.com"])
            .claim("kubernetes.io", kubernetes)
    }

    /// As GitHub Actions gives to a job: `owner/name` and a reference such as `refs/heads/main`.
    ///
    /// See [OpenID Connect of GitHub Actions](https://docs.github.com/en/actions/reference/security/oidc).
    #[must_use]
    pub fn github(self, repository: &str, reference: &str) -> Self {
        let owner = repository.split('/').next().unwrap_or_default();
        self.subject(format!("repo:{repository}:ref:{reference}"))
            .claim("repository", repository)
            .claim("repository_owner", owner)
            .claim("repository_id", "74")
            .claim("repository_owner_id", "65")
            .claim("repository_visibility", "private")
            .claim("ref", reference)
            .claim("ref_type", if reference.starts_with("refs/tags/") { "tag" } else { "branch" })
            .claim("actor", "octocat")
            .claim("actor_id", "12")
            .claim("workflow", "example-workflow")
            .claim(
                "job_workflow_ref",
                format!("{repository}/.github/workflows/example.yml@{reference}"),
            )
            .claim("event_name", "push")
            .claim("run_id", "1")
            .claim("run_number", "1")
            .claim("run_attempt", "1")
    }

    /// As GitHub Actions gives to a job that deploys to an environment, which takes the reference's place in the subject.
    #[must_use]
    pub fn github_environment(self, repository: &str, reference: &str, environment: &str) -> Self {
        self.github(repository, reference)
            .subject(format!("repo:{repository}:environment:{environment}"))
            .claim("environment", environment)
    }

    /// As GitLab gives to a job: `group/project` and a branch.
    ///
    /// See [GitLab's ID tokens](https://docs.gitlab.com/ci/secrets/id_token_authentication/).
    #[must_use]
    pub fn gitlab(self, project_path: &str, branch: &str) -> Self {
        let namespace =
            project_path.rsplit_once('/').map_or(project_path, |(namespace, _)| namespace);
        self.subject(format!("project_path:{project_path}:ref_type:branch:ref:{branch}"))
            .claim("project_path", project_path)
            .claim("namespace_path", namespace)
            .claim("project_id", "22")
            .claim("namespace_id", "72")
            .claim("user_login", "octocat")
            .claim("pipeline_source", "push")
            .claim("ref", branch)
            .claim("ref_type", "branch")
            .claim("ref_path", format!("refs/heads/{branch}"))
            .claim("ref_protected", "true")
    }

    /// As Google gives to a service account: a numeric subject and the client that it is authorized for.
    ///
    /// See [Google's ID tokens](https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload).
    #[must_use]
    pub fn google(self, subject: &str, authorized_party: &str, email: &str) -> Self {
        self.subject(subject)
            .audience(authorized_party)
            .claim("azp", authorized_party)
            .claim("email", email)
            .claim("email_verified", true)
    }

    /// As a Cognito identity pool gives in its basic flow: the pool is the audience, the identity the subject.
    ///
    /// See [trust policies for identity pools](https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html).
    #[must_use]
    pub fn cognito(
        self,
        identity_pool: &str,
        identity: &str,
        login_provider: Option<&str>,
    ) -> Self {
        let methods = match login_provider {
            Some(provider) => vec!["authenticated", provider],
            None => vec!["unauthenticated"],
        };
        self.subject(identity).audience(identity_pool).claim("amr", methods)
    }
}

const EXAMPLE_UID: &str = "5d3f0b9e-8a1c-4b52-9d0e-2f6a7c1b4e90";
