//! Every operation, with a secret in each parameter that can hold one.

use stscreds_aws_sdk::StsClient;
use stscreds_core::{CredentialsProvider, Error};
use stscreds_provider::{
    AssumeRoleProvider, CallerIdentityClient, ExpiryCheck, FederationTokenProvider,
    ProvidedContext, ProvidedContexts, SamlRoleProvider, SessionTokenProvider,
    WebIdentityRoleProvider,
};
use stscreds_token::{IdentityToken, MfaCode, SamlAssertion};

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const EXTERNAL_ID: &str = "planted-external-id";
const CODE: &str = "918273";
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZC1zaWduYXR1cmU";
const ASSERTION: &str = "cGxhbnRlZC1hc3NlcnRpb24=";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"planted"}]}"#;

/// What nothing may show, as it is and in the form of a request's body.
pub(crate) const SECRETS: &[&str] =
    &[EXTERNAL_ID, CODE, TOKEN, "cGxhbnRlZC1zaWduYXR1cmU", "cGxhbnRlZC1hc3NlcnRpb24", "TokenCode"];

pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) is_signed: bool,
}

pub(crate) fn operations() -> Vec<Operation> {
    let operation = |name, is_signed| Operation { name, is_signed };
    vec![
        operation("AssumeRole", true),
        operation("AssumeRoleWithWebIdentity", false),
        operation("AssumeRoleWithSAML", false),
        operation("GetSessionToken", true),
        operation("GetFederationToken", true),
        operation("GetCallerIdentity", true),
    ]
}

impl Operation {
    /// Calls it, which must fail.
    pub(crate) async fn call(&self, sts: StsClient) -> Error {
        let role = ROLE.parse().unwrap();
        let device = || DEVICE.parse().unwrap();
        let codes = async |_| MfaCode::parse(CODE);
        match self.name {
            "AssumeRole" => {
                let context =
                    ProvidedContext::new("arn:aws:iam::aws:contextProvider/x", "planted-context");
                let builder = AssumeRoleProvider::builder(sts, role)
                    .external_id(EXTERNAL_ID.parse().unwrap())
                    .policy(POLICY.parse().unwrap())
                    .provided_contexts(ProvidedContexts::new([context.unwrap()]).unwrap())
                    .mfa(device(), codes);
                failure(builder.build()).await
            }
            "AssumeRoleWithWebIdentity" => {
                let token = IdentityToken::parse(TOKEN).unwrap();
                let builder = WebIdentityRoleProvider::builder(sts, role, token);
                failure(builder.expiry_check(ExpiryCheck::BySts).build()).await
            }
            "AssumeRoleWithSAML" => {
                let provider = "arn:aws:iam::111122223333:saml-provider/Idp".parse().unwrap();
                let assertion = SamlAssertion::parse(ASSERTION).unwrap();
                failure(SamlRoleProvider::builder(sts, role, provider, assertion).build()).await
            }
            "GetSessionToken" => {
                failure(SessionTokenProvider::builder(sts).mfa(device(), codes).build()).await
            }
            "GetFederationToken" => {
                let builder = FederationTokenProvider::builder(sts, "bob".parse().unwrap());
                failure(builder.policy(POLICY.parse().unwrap()).build()).await
            }
            _ => sts.caller_identity().await.unwrap_err(),
        }
    }
}

async fn failure(provider: impl CredentialsProvider) -> Error {
    provider.credentials().await.unwrap_err()
}
