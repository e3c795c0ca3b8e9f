use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};
use stscreds_token::{
    IdentityToken, IdentityTokenEnvironment, IdentityTokenRetriever, MfaChallenge, MfaCode,
    MfaEnvironment, MfaReason, MfaTokenProvider,
};

fn challenge() -> MfaChallenge {
    MfaChallenge::first("arn:aws:iam::111122223333:mfa/alice".parse().unwrap())
}

async fn token_of(retriever: impl IdentityTokenRetriever) -> Result<String, Error> {
    Ok(retriever.identity_token().await?.expose().to_owned())
}

async fn code_of(provider: impl MfaTokenProvider) -> Result<String, Error> {
    Ok(provider.token_code(&challenge()).await?.expose().to_owned())
}

#[tokio::test]
async fn closures_fixed_values_and_arcs_are_sources_of_identity_tokens() -> Result<(), Error> {
    let fixed = IdentityToken::parse("fixed")?;
    let shared: Arc<dyn IdentityTokenRetriever> = Arc::new(fixed.clone());

    assert_eq!(token_of(async || IdentityToken::parse("closure")).await?, "closure");
    assert_eq!(token_of(fixed).await?, "fixed");
    assert_eq!(token_of(shared).await?, "fixed");
    Ok(())
}

#[tokio::test]
async fn closures_fixed_values_and_arcs_are_sources_of_mfa_codes() -> Result<(), Error> {
    let fixed = MfaCode::parse("012345")?;
    let shared: Arc<dyn MfaTokenProvider> = Arc::new(fixed.clone());

    assert_eq!(code_of(async |_| MfaCode::parse("735911")).await?, "735911");
    assert_eq!(code_of(fixed).await?, "012345");
    assert_eq!(code_of(shared).await?, "012345");
    Ok(())
}

#[tokio::test]
async fn a_source_of_codes_is_told_whose_code_is_wanted_which_attempt_and_why() {
    let first = challenge();
    let second = first.after_rejection();

    assert_eq!((first.attempt(), first.reason()), (1, MfaReason::Requested));
    assert_eq!((second.attempt(), second.reason()), (2, MfaReason::CodeRejected));
    assert_eq!(second.serial(), first.serial());
}

// Cargo sets CARGO_PKG_NAME for the tests that it runs; a test cannot set variables of its own without unsafe code.
#[tokio::test]
async fn the_environment_is_read_at_each_call_and_errors_name_the_variable() -> Result<(), Error> {
    assert_eq!(token_of(IdentityTokenEnvironment::new("CARGO_PKG_NAME")).await?, "stscreds-token");

    let unset = token_of(IdentityTokenEnvironment::new("STSCREDS_UNSET")).await.unwrap_err();
    assert_eq!(unset.kind(), ErrorKind::IdentityTokenMissing);
    assert!(unset.to_string().contains("STSCREDS_UNSET"));

    let unset = code_of(MfaEnvironment::new("STSCREDS_UNSET")).await.unwrap_err();
    assert_eq!(unset.kind(), ErrorKind::MfaCodeUnavailable);
    assert!(unset.to_string().contains("STSCREDS_UNSET"));

    let no_code = code_of(MfaEnvironment::new("CARGO_PKG_NAME")).await.unwrap_err();
    assert!(no_code.to_string().contains("CARGO_PKG_NAME"), "{no_code}");
    assert!(!format!("{no_code:?}").contains("stscreds-token"), "the value may be a secret");
    Ok(())
}
