use std::fmt;
use std::sync::Arc;

use stscreds_token::{MfaSerial, MfaTokenProvider};

use super::provider::Configured;
use super::{AssumeRoleClient, AssumeRoleProvider, AssumeRoleRequest};
use crate::mfa::Mfa;
use crate::{
    ExternalId, PolicyArns, ProvidedContexts, RoleArn, SessionDuration, SessionName, SessionPolicy,
    SessionTags, SourceIdentity,
};

/// Builds an [`AssumeRoleProvider`]; made by [`AssumeRoleProvider::builder`].
///
/// An MFA serial without a source of codes, or a source without a serial, cannot
/// be expressed:
///
/// ```
/// # use stscreds_provider::{AssumeRoleClient, AssumeRoleProviderBuilder};
/// # use stscreds_token::{MfaCode, MfaSerial};
/// # fn example(builder: AssumeRoleProviderBuilder, serial: MfaSerial) {
/// builder.mfa(serial, async |_| MfaCode::parse("123456")).build();
/// # }
/// ```
///
/// ```compile_fail
/// # use stscreds_provider::{AssumeRoleClient, AssumeRoleProviderBuilder};
/// # use stscreds_token::{MfaCode, MfaSerial};
/// # fn example(builder: AssumeRoleProviderBuilder, serial: MfaSerial) {
/// builder.mfa(serial).build();
/// # }
/// ```
#[must_use = "call `build` to get the provider"]
pub struct AssumeRoleProviderBuilder {
    client: Arc<dyn AssumeRoleClient>,
    request: AssumeRoleRequest,
    mfa: Option<Mfa>,
    configured: Configured,
}

impl AssumeRoleProviderBuilder {
    pub(super) fn new(client: Arc<dyn AssumeRoleClient>, role_arn: RoleArn) -> Self {
        let request = AssumeRoleRequest::new(role_arn, AssumeRoleProvider::DEFAULT_DURATION);
        Self { client, request, mfa: None, configured: Configured::default() }
    }

    /// The name of the session; if not set, one that no other provider has.
    pub fn session_name(mut self, name: SessionName) -> Self {
        self.request.session_name = name.clone();
        self.configured.session_name = Some(name);
        self
    }

    /// How long the credentials last; 15 minutes if not set.
    ///
    /// STS refuses more than the role's own maximum, and more than one hour if the
    /// call is signed with temporary credentials
    /// ([role chaining](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining)).
    pub fn duration(mut self, duration: SessionDuration) -> Self {
        self.request.duration = duration;
        self.configured.duration = Some(duration);
        self
    }

    /// The external id that the role's trust policy asks for.
    pub fn external_id(mut self, id: ExternalId) -> Self {
        self.request.external_id = Some(id);
        self
    }

    /// The inline policy that the session's permissions are cut down to.
    pub fn policy(mut self, policy: SessionPolicy) -> Self {
        self.request.policy = Some(policy);
        self
    }

    /// Managed policies that the session's permissions are cut down to.
    pub fn policy_arns(mut self, arns: PolicyArns) -> Self {
        self.request.policy_arns = arns;
        self
    }

    /// The MFA device of the caller, and where its codes come from.
    ///
    /// A code is asked for at each call, and again as often as
    /// [`attempts`](MfaTokenProvider::attempts) says while STS rejects it.
    pub fn mfa(mut self, serial: MfaSerial, codes: impl MfaTokenProvider + 'static) -> Self {
        self.mfa = Some(Mfa::new(serial, codes));
        self
    }

    /// Who is behind the session, kept through every role chained to it.
    pub fn source_identity(mut self, identity: SourceIdentity) -> Self {
        self.request.source_identity = Some(identity);
        self
    }

    /// The tags of the session, transitive ones included.
    pub fn tags(mut self, tags: SessionTags) -> Self {
        self.request.tags = tags;
        self
    }

    /// Context assertions of trusted token issuers.
    pub fn provided_contexts(mut self, contexts: ProvidedContexts) -> Self {
        self.request.provided_contexts = contexts;
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> AssumeRoleProvider {
        AssumeRoleProvider::new(self.client, self.request, self.mfa, self.configured)
    }
}

impl fmt::Debug for AssumeRoleProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumeRoleProviderBuilder")
            .field("request", &self.request)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}
