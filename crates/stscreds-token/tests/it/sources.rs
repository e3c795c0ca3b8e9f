use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind};
use stscreds_token::{
    IdentityToken, IdentityTokenEnvironment, IdentityTokenRetriever, MfaChallenge, MfaCode,
    MfaEnvironment, MfaReason, MfaTokenProvider,
};

#[cfg(unix)]
use super::child;

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

struct Patient;

#[async_trait]
impl MfaTokenProvider for Patient {
    async fn token_code(&self, _: &MfaChallenge) -> Result<MfaCode, Error> {
        MfaCode::parse("012345")
    }

    fn attempts(&self) -> u32 {
        7
    }
}

#[tokio::test]
async fn closures_fixed_values_and_arcs_are_sources_of_mfa_codes() -> Result<(), Error> {
    let fixed = MfaCode::parse("012345")?;
    let shared: Arc<dyn MfaTokenProvider> = Arc::new(fixed.clone());
    let patient: Arc<dyn MfaTokenProvider> = Arc::new(Patient);

    assert_eq!((shared.attempts(), patient.attempts()), (1, 7));

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
    assert_eq!(first.reason().to_string(), "requested");
    assert_eq!(second.reason().to_string(), "code rejected");
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

#[cfg(unix)]
#[tokio::test]
async fn a_variable_that_is_no_utf8_is_told_and_not_repeated() {
    use std::os::unix::ffi::OsStrExt;

    let planted = std::ffi::OsStr::from_bytes(b"planted\xff");
    let mut program = child::running("sources::with_a_variable_that_is_no_utf8");
    program.env("PLANTED", planted);
    child::passes(program).await;
}

#[cfg(unix)]
#[tokio::test]
async fn with_a_variable_that_is_no_utf8() {
    if child::is_for("sources::with_a_variable_that_is_no_utf8") {
        let token = token_of(IdentityTokenEnvironment::new("PLANTED")).await.unwrap_err();
        let code = code_of(MfaEnvironment::new("PLANTED")).await.unwrap_err();

        assert_eq!(token.kind(), ErrorKind::IdentityTokenNotUtf8);
        assert_eq!(code.kind(), ErrorKind::MfaCodeUnavailable);
        assert!(token.to_string().contains("PLANTED is not UTF-8"), "{token}");
        assert!(code.to_string().contains("PLANTED of the MFA code is not UTF-8"), "{code}");
        assert!(!format!("{token:?} {code:?}").contains("planted"));
    }
}
