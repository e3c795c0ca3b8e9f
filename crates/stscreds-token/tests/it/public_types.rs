use std::fmt::Debug;

use stscreds_token::{
    IdentityToken, IdentityTokenEnvironment, IdentityTokenFile, IdentityTokenRetriever,
    MfaChallenge, MfaCode, MfaEnvironment, MfaReason, MfaSerial, MfaTokenProvider, SamlAssertion,
    SamlAssertionRetriever,
};

/// Fails to compile for a type that cannot be shared between threads or printed.
const fn shared_and_shown<T: Send + Sync + Unpin + Debug + 'static>() {}

/// Fails to compile for a trait without trait objects that can be shared.
const fn object<T: Send + Sync + ?Sized>() {}

const _: () = {
    shared_and_shown::<IdentityToken>();
    shared_and_shown::<IdentityTokenEnvironment>();
    shared_and_shown::<IdentityTokenFile>();
    shared_and_shown::<MfaChallenge>();
    shared_and_shown::<MfaCode>();
    shared_and_shown::<MfaEnvironment>();
    shared_and_shown::<MfaReason>();
    shared_and_shown::<MfaSerial>();
    shared_and_shown::<SamlAssertion>();
    #[cfg(feature = "command")]
    shared_and_shown::<stscreds_token::MfaCommand>();
    #[cfg(feature = "command")]
    shared_and_shown::<stscreds_token::ProgramOutput>();
    #[cfg(feature = "http")]
    shared_and_shown::<stscreds_token::IdentityTokenGitHubActions>();
    #[cfg(feature = "http")]
    shared_and_shown::<stscreds_token::IdentityTokenUrl>();
    #[cfg(feature = "prompt")]
    shared_and_shown::<stscreds_token::MfaPrompt>();
    #[cfg(feature = "totp")]
    shared_and_shown::<stscreds_token::MfaTotp>();
    object::<dyn IdentityTokenRetriever>();
    object::<dyn MfaTokenProvider>();
    object::<dyn SamlAssertionRetriever>();
};
