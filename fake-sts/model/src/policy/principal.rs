use std::fmt;
use std::sync::Arc;

/// Who calls, as policies see it.
///
/// ```
/// use fake_sts_model::policy::Principal;
///
/// let session = Principal::assumed_role("arn:aws:iam::111122223333:role/ci/deploy", "AROA3TM7R3RLBCMLQ2A7J", "run-7");
/// assert_eq!(session.arn(), "arn:aws:sts::111122223333:assumed-role/deploy/run-7");
/// assert_eq!(session.user_id(), "AROA3TM7R3RLBCMLQ2A7J:run-7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    kind: PrincipalKind,
    // Shared: each call that the journal keeps has a principal, and most are the one of the same user.
    arn: Arc<str>,
    account: Arc<str>,
    /// The stable id: of the user, or of the role behind a session.
    unique_id: Option<Arc<str>>,
    user_id: Arc<str>,
}

/// What kind of caller a [`Principal`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
pub enum PrincipalKind {
    /// The root user of an account.
    Root,
    /// An IAM user with long-term keys.
    User,
    /// An IAM user with credentials of `GetSessionToken`.
    SessionTokenUser,
    /// A session of a role.
    #[non_exhaustive]
    AssumedRole {
        /// The IAM ARN of the role, with its path.
        role_arn: String,
        /// The role session name.
        session: String,
    },
    /// Credentials of `GetFederationToken`.
    FederatedUser,
    /// The bearer of a web identity token.
    WebIdentity,
    /// The bearer of a SAML assertion.
    Saml,
    /// An AWS service.
    Service,
}

impl Principal {
    /// The root user of an account.
    #[must_use]
    pub fn root(partition: &str, account: &str) -> Self {
        let arn = format!("arn:{partition}:iam::{account}:root").into();
        let account = Arc::from(account);
        let user_id = Arc::clone(&account);
        Self { kind: PrincipalKind::Root, arn, account, unique_id: None, user_id }
    }

    /// An IAM user with long-term keys: its ARN with the path, and its `AIDA..` id.
    #[must_use]
    pub fn user(arn: impl Into<String>, unique_id: impl Into<String>) -> Self {
        Self::iam_user(PrincipalKind::User, &arn.into(), &unique_id.into())
    }

    /// An IAM user with credentials of `GetSessionToken`.
    #[must_use]
    pub fn session_token_user(arn: impl Into<String>, unique_id: impl Into<String>) -> Self {
        Self::iam_user(PrincipalKind::SessionTokenUser, &arn.into(), &unique_id.into())
    }

    /// A session of a role: the role's IAM ARN with the path, its `AROA..` id and the session name.
    #[must_use]
    pub fn assumed_role(
        role_arn: impl Into<String>,
        role_id: impl Into<String>,
        session: impl Into<String>,
    ) -> Self {
        let (role_arn, role_id, session) = (role_arn.into(), role_id.into(), session.into());
        let (partition, account) = (partition_of(&role_arn), account_of(&role_arn));
        let name = role_arn.rsplit('/').next().unwrap_or_default();
        Self {
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}").into(),
            account: account.into(),
            user_id: format!("{role_id}:{session}").into(),
            unique_id: Some(role_id.into()),
            kind: PrincipalKind::AssumedRole { role_arn, session },
        }
    }

    /// A federated user: credentials of `GetFederationToken` under a name.
    #[must_use]
    pub fn federated_user(partition: &str, account: &str, name: &str) -> Self {
        Self {
            kind: PrincipalKind::FederatedUser,
            arn: format!("arn:{partition}:sts::{account}:federated-user/{name}").into(),
            account: account.into(),
            unique_id: None,
            user_id: format!("{account}:{name}").into(),
        }
    }

    /// The bearer of a web identity token of a provider: its ARN, or a legacy name such as `accounts.google.com`.
    #[must_use]
    pub fn web_identity(provider: impl Into<String>) -> Self {
        Self::federated(PrincipalKind::WebIdentity, &provider.into())
    }

    /// The bearer of an assertion of a SAML provider.
    #[must_use]
    pub fn saml(provider_arn: impl Into<String>) -> Self {
        Self::federated(PrincipalKind::Saml, &provider_arn.into())
    }

    /// An AWS service, such as `lambda.amazonaws.com`.
    #[must_use]
    pub fn service(name: impl Into<String>) -> Self {
        Self::federated(PrincipalKind::Service, &name.into())
    }

    /// What kind of caller this is.
    #[must_use]
    pub fn kind(&self) -> &PrincipalKind {
        &self.kind
    }

    /// The ARN as `GetCallerIdentity` prints it; for a web identity, SAML or service caller the provider's ARN or name.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The caller's account of 12 digits; empty when it has none.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The partition of the ARN, such as `aws` or `aws-cn`; empty when it has none.
    #[must_use]
    pub fn partition(&self) -> &str {
        partition_of(&self.arn)
    }

    /// The value of `aws:PrincipalArn`: of a session the ARN of its role.
    #[must_use]
    pub fn principal_arn(&self) -> &str {
        match &self.kind {
            PrincipalKind::AssumedRole { role_arn, .. } => role_arn,
            _ => &self.arn,
        }
    }

    /// The value of `aws:userid`, which is also the `UserId` of `GetCallerIdentity`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The stable id of the user, or of the role behind a session.
    #[must_use]
    pub fn unique_id(&self) -> Option<&str> {
        self.unique_id.as_deref()
    }

    /// The value of `aws:PrincipalType`, for callers that sign.
    #[must_use]
    pub fn principal_type(&self) -> Option<&'static str> {
        match self.kind {
            PrincipalKind::Root => Some("Account"),
            PrincipalKind::User | PrincipalKind::SessionTokenUser => Some("User"),
            PrincipalKind::AssumedRole { .. } => Some("AssumedRole"),
            PrincipalKind::FederatedUser => Some("FederatedUser"),
            PrincipalKind::WebIdentity | PrincipalKind::Saml | PrincipalKind::Service => None,
        }
    }

    /// Whether it is the bearer of a token or an assertion, for whom an identity provider vouches.
    pub(super) fn is_federated(&self) -> bool {
        matches!(self.kind, PrincipalKind::WebIdentity | PrincipalKind::Saml)
    }

    fn iam_user(kind: PrincipalKind, arn: &str, unique_id: &str) -> Self {
        let account = account_of(arn).into();
        let user_id = Arc::from(unique_id);
        let unique_id = Some(Arc::clone(&user_id));
        Self { kind, arn: arn.into(), account, unique_id, user_id }
    }

    fn federated(kind: PrincipalKind, provider: &str) -> Self {
        let arn = Arc::from(provider);
        let user_id = Arc::clone(&arn);
        Self { kind, account: account_of(provider).into(), arn, unique_id: None, user_id }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)?;
        match &self.kind {
            PrincipalKind::AssumedRole { role_arn, .. } => write!(f, " (a session of {role_arn})"),
            PrincipalKind::SessionTokenUser => {
                f.write_str(" (with credentials of GetSessionToken)")
            }
            PrincipalKind::WebIdentity => f.write_str(" (web identity)"),
            PrincipalKind::Saml => f.write_str(" (SAML)"),
            PrincipalKind::Root
            | PrincipalKind::User
            | PrincipalKind::FederatedUser
            | PrincipalKind::Service => Ok(()),
        }
    }
}

pub(super) fn partition_of(arn: &str) -> &str {
    let mut parts = arn.split(':');
    if parts.next() == Some("arn") { parts.next().unwrap_or_default() } else { "" }
}

pub(super) fn account_of(arn: &str) -> &str {
    if arn.starts_with("arn:") { arn.split(':').nth(4).unwrap_or_default() } else { "" }
}
