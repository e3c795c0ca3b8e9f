use std::fmt::Debug;

use stscreds_provider::{
    AssumeRoleClient, AssumeRoleProvider, AssumeRoleProviderBuilder, AssumeRoleRequest,
    AssumeRoleWithSamlClient, AssumeRoleWithSamlRequest, AssumeRoleWithWebIdentityClient,
    AssumeRoleWithWebIdentityRequest, CallerIdentity, CallerIdentityClient, ExpiryCheck,
    ExternalId, FederatedUserName, FederationTokenClient, FederationTokenProvider,
    FederationTokenProviderBuilder, FederationTokenRequest, MfaAnswer, OutboundToken,
    OutboundTokenDuration, OutboundTokenProvider, OutboundTokenProviderBuilder,
    OutboundTokenRequest, PolicyArns, ProvidedContext, ProvidedContexts, RoleArn, SamlProviderArn,
    SamlRoleProvider, SamlRoleProviderBuilder, SessionDuration, SessionName, SessionPolicy,
    SessionTag, SessionTags, SessionTokenClient, SessionTokenProvider, SessionTokenProviderBuilder,
    SessionTokenRequest, SourceIdentity, StsFault, StsSession, TokenAlgorithm, TokenAudience,
    UserSessionDuration, WebIdentityRoleProvider, WebIdentityRoleProviderBuilder,
};

/// Fails to compile for a type that cannot be shared between threads or printed.
const fn shared_and_shown<T: Send + Sync + Unpin + Debug + 'static>() {}

/// Fails to compile for a trait without trait objects that can be shared.
const fn object<T: Send + Sync + ?Sized>() {}

const _: () = {
    shared_and_shown::<AssumeRoleProvider>();
    shared_and_shown::<AssumeRoleProviderBuilder>();
    shared_and_shown::<AssumeRoleRequest>();
    shared_and_shown::<AssumeRoleWithSamlRequest>();
    shared_and_shown::<AssumeRoleWithWebIdentityRequest>();
    shared_and_shown::<CallerIdentity>();
    shared_and_shown::<ExpiryCheck>();
    shared_and_shown::<ExternalId>();
    shared_and_shown::<FederatedUserName>();
    shared_and_shown::<FederationTokenProvider>();
    shared_and_shown::<FederationTokenProviderBuilder>();
    shared_and_shown::<FederationTokenRequest>();
    shared_and_shown::<MfaAnswer>();
    shared_and_shown::<PolicyArns>();
    shared_and_shown::<ProvidedContext>();
    shared_and_shown::<ProvidedContexts>();
    shared_and_shown::<RoleArn>();
    shared_and_shown::<SamlProviderArn>();
    shared_and_shown::<SamlRoleProvider>();
    shared_and_shown::<SamlRoleProviderBuilder>();
    shared_and_shown::<SessionDuration>();
    shared_and_shown::<SessionName>();
    shared_and_shown::<SessionPolicy>();
    shared_and_shown::<SessionTag>();
    shared_and_shown::<SessionTags>();
    shared_and_shown::<OutboundToken>();
    shared_and_shown::<OutboundTokenDuration>();
    shared_and_shown::<OutboundTokenProvider>();
    shared_and_shown::<OutboundTokenProviderBuilder>();
    shared_and_shown::<OutboundTokenRequest>();
    shared_and_shown::<SessionTokenProvider>();
    shared_and_shown::<TokenAlgorithm>();
    shared_and_shown::<TokenAudience>();
    shared_and_shown::<SessionTokenProviderBuilder>();
    shared_and_shown::<SessionTokenRequest>();
    shared_and_shown::<SourceIdentity>();
    shared_and_shown::<StsFault>();
    shared_and_shown::<StsSession>();
    shared_and_shown::<UserSessionDuration>();
    shared_and_shown::<WebIdentityRoleProvider>();
    shared_and_shown::<WebIdentityRoleProviderBuilder>();
    object::<dyn AssumeRoleClient>();
    object::<dyn AssumeRoleWithSamlClient>();
    object::<dyn AssumeRoleWithWebIdentityClient>();
    object::<dyn CallerIdentityClient>();
    object::<dyn FederationTokenClient>();
    object::<dyn SessionTokenClient>();
};
