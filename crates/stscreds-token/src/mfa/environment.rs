use std::borrow::Cow;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind};

use super::{MfaChallenge, MfaCode, MfaTokenProvider};

/// An MFA code in an environment variable, read anew each time.
///
/// Good for one call: STS takes a code once, and a process seldom gets a new
/// environment.
#[derive(Debug, Clone)]
pub struct MfaEnvironment {
    variable: Cow<'static, str>,
}

impl MfaEnvironment {
    /// The code in the variable of this name, which need not be set yet.
    pub fn new(variable: impl Into<Cow<'static, str>>) -> Self {
        Self { variable: variable.into() }
    }

    #[expect(clippy::disallowed_methods, reason = "the variable that the caller named")]
    fn read(&self) -> Result<MfaCode, Error> {
        let variable = &self.variable;
        let text = std::env::var(&**variable).map_err(|error| {
            let what = match error {
                std::env::VarError::NotPresent => "is not set",
                // The error of `var` would carry the value along.
                std::env::VarError::NotUnicode(_) => "is not UTF-8",
            };
            Error::new(
                ErrorKind::MfaCodeUnavailable,
                format!("the environment variable {variable} of the MFA code {what}"),
            )
        })?;
        MfaCode::parse(text)
            .map_err(|error| error.with_context(format_args!("environment variable {variable}")))
    }
}

#[async_trait]
impl MfaTokenProvider for MfaEnvironment {
    async fn token_code(&self, _: &MfaChallenge) -> Result<MfaCode, Error> {
        self.read()
    }
}
