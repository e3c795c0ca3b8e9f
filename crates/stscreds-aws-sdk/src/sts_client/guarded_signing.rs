use aws_credential_types::Credentials as SdkCredentials;
use aws_runtime::auth::sigv4::SigV4AuthScheme;
use aws_sdk_sts::config::{ConfigBag, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use aws_smithy_runtime_api::client::auth::{
    AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign,
};
use aws_smithy_runtime_api::client::identity::{Identity, SharedIdentityResolver};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::GetIdentityResolver;

use crate::convert::check_signable;

/// The SDK's signature, but for keys with characters that no header can carry: with those its
/// signer panics.
#[derive(Debug, Default)]
pub(super) struct GuardedSigV4 {
    scheme: SigV4AuthScheme,
}

impl AuthScheme for GuardedSigV4 {
    fn scheme_id(&self) -> AuthSchemeId {
        self.scheme.scheme_id()
    }

    fn identity_resolver(
        &self,
        identity_resolvers: &dyn GetIdentityResolver,
    ) -> Option<SharedIdentityResolver> {
        self.scheme.identity_resolver(identity_resolvers)
    }

    fn signer(&self) -> &dyn Sign {
        self
    }
}

impl Sign for GuardedSigV4 {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        endpoint: AuthSchemeEndpointConfig<'_>,
        runtime_components: &RuntimeComponents,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(credentials) = identity.data::<SdkCredentials>() {
            check_signable(credentials)?;
        }
        self.scheme.signer().sign_http_request(request, identity, endpoint, runtime_components, cfg)
    }
}
