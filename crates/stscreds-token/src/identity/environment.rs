use std::borrow::Cow;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind, SessionKey};

use super::{IdentityToken, IdentityTokenRetriever};

/// An identity token in an environment variable, read anew each time.
#[derive(Debug, Clone)]
pub struct IdentityTokenEnvironment {
    variable: Cow<'static, str>,
}

impl IdentityTokenEnvironment {
    /// The token in the variable of this name, which need not be set yet.
    pub fn new(variable: impl Into<Cow<'static, str>>) -> Self {
        Self { variable: variable.into() }
    }

    #[expect(clippy::disallowed_methods, reason = "the variable that the caller named")]
    fn read(&self) -> Result<IdentityToken, Error> {
        let variable = &self.variable;
        let text = std::env::var(&**variable).map_err(|error| match error {
            std::env::VarError::NotPresent => Error::new(
                ErrorKind::IdentityTokenMissing,
                format!("the environment variable {variable} of the identity token is not set"),
            ),
            // The error of `var` would carry the value along.
            std::env::VarError::NotUnicode(_) => Error::new(
                ErrorKind::IdentityTokenNotUtf8,
                format!("the identity token in the environment variable {variable} is not UTF-8"),
            ),
        })?;
        IdentityToken::parse(text)
            .map_err(|error| error.with_context(format_args!("environment variable {variable}")))
    }
}

/// # Errors
///
/// Of each kind of the `IdentityToken..` family that a text can have, naming the
/// variable.
#[async_trait]
impl IdentityTokenRetriever for IdentityTokenEnvironment {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.read()
    }

    fn token_key(&self) -> Option<SessionKey> {
        Some(self.read().ok()?.session_key())
    }
}
