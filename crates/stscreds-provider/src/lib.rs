//! Providers that trade a proof of identity for temporary credentials at AWS
//! STS.
//!
//! ```
//! use stscreds_core::{CredentialsProvider, Error};
//! use stscreds_provider::{AssumeRoleClient, AssumeRoleProvider};
//! use stscreds_token::MfaCode;
//!
//! # async fn example(sts: impl AssumeRoleClient + 'static) -> Result<(), Error> {
//! let provider = AssumeRoleProvider::builder(sts, "arn:aws:iam::111122223333:role/deploy".parse()?)
//!     .external_id("partner-7".parse()?)
//!     .mfa("arn:aws:iam::444455556666:mfa/alice".parse()?, async |_| MfaCode::parse("123456"))
//!     .build();
//!
//! let credentials = provider.credentials().await?;
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, to assume roles with an HTTP stack of your own. Every call to a provider
//! is a call to STS: put `stscreds-cache` in front. `stscreds-aws-sdk` brings the AWS
//! SDK as the HTTP stack, and `stscreds` all of it together.
//!
//! # Features
//!
//! None.
//!
//! # What it does not do
//!
//! It sends nothing by itself, signs nothing, keeps nothing, and names no type of the
//! AWS SDK.
//!
//! # Providers
//!
//! | | calls | with |
//! |---|---|---|
//! | [`AssumeRoleProvider`] | `AssumeRole` | the keys of its client, perhaps an MFA code |
//! | [`WebIdentityRoleProvider`] | `AssumeRoleWithWebIdentity` | an OIDC token |
//! | [`SamlRoleProvider`] | `AssumeRoleWithSAML` | a SAML assertion |
//! | [`SessionTokenProvider`] | `GetSessionToken` | long-term keys, perhaps an MFA code |
//! | [`FederationTokenProvider`] | `GetFederationToken` | long-term keys |
//! | [`ScopedCredentialsProvider`] | `GetScopedCredentials` | temporary credentials |
//!
//! Each sees STS through a trait of one method, such as [`AssumeRoleClient`], so
//! that a test or another HTTP stack can stand in. `stscreds-aws-sdk` implements all
//! of them on `aws_sdk_sts::Client`. Two more: [`CallerIdentityClient`] tells a program at
//! start-up whose credentials it has, and [`OutboundTokenProvider`] gets tokens for
//! services outside of AWS.
//!
//! # Settings
//!
//! What a provider is given is checked when it is parsed: [`RoleArn`],
//! [`SessionName`], [`SessionDuration`] and their like check the limits that STS
//! documents as fixed and leave the rest to STS. A provider that could be built
//! has no invalid setting, and building one cannot fail.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod arn;
mod external_id;
mod federated_user_name;
mod provided_context;
mod saml_provider_arn;
mod session_duration;
mod session_name;
mod session_policy;
mod session_tag;
mod source_identity;
mod user_session_duration;

mod mfa;
mod session_parts;
mod sts_fault;
mod sts_session;
mod text;

mod assume_role;
mod caller_identity;
mod federation_token;
mod outbound_token;
mod saml_role;
mod scoped_credentials;
mod session_token;
mod web_identity;

pub use arn::RoleArn;
pub use assume_role::{
    AssumeRoleClient, AssumeRoleProvider, AssumeRoleProviderBuilder, AssumeRoleRequest,
};
pub use caller_identity::{CallerIdentity, CallerIdentityClient};
pub use external_id::ExternalId;
pub use federated_user_name::FederatedUserName;
pub use federation_token::{
    FederationTokenClient, FederationTokenProvider, FederationTokenProviderBuilder,
    FederationTokenRequest,
};
pub use mfa::MfaAnswer;
pub use outbound_token::{
    OutboundToken, OutboundTokenClient, OutboundTokenDuration, OutboundTokenProvider,
    OutboundTokenProviderBuilder, OutboundTokenRequest, TokenAlgorithm, TokenAudience,
};
pub use provided_context::{ProvidedContext, ProvidedContexts};
pub use saml_provider_arn::SamlProviderArn;
pub use saml_role::{
    AssumeRoleWithSamlClient, AssumeRoleWithSamlRequest, SamlRoleProvider, SamlRoleProviderBuilder,
};
pub use scoped_credentials::{
    MinimumSessionTokenSize, ScopedCredentialsClient, ScopedCredentialsProvider,
    ScopedCredentialsProviderBuilder, ScopedCredentialsRequest, ScopedDuration, ScopedLifetime,
    ScopedPolicy, ScopedSession, ScopedSessionDescription,
};
pub use session_duration::SessionDuration;
pub use session_name::{SanitizedName, SessionName};
pub use session_policy::{PolicyArns, SessionPolicy};
pub use session_tag::{SessionTag, SessionTags};
pub use session_token::{
    SessionTokenClient, SessionTokenProvider, SessionTokenProviderBuilder, SessionTokenRequest,
};
pub use source_identity::SourceIdentity;
pub use sts_fault::StsFault;
pub use sts_session::StsSession;
pub use user_session_duration::UserSessionDuration;
pub use web_identity::{
    AssumeRoleWithWebIdentityClient, AssumeRoleWithWebIdentityRequest, ExpiryCheck,
    WebIdentityRoleProvider, WebIdentityRoleProviderBuilder,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
