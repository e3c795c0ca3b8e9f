use std::fmt;

use stscreds_core::{Error, ErrorKind, SecretString};

use crate::arn::{check_shape, excerpt};

/// A context assertion of a trusted token issuer, such as IAM Identity Center, for
/// identity-enhanced sessions.
///
/// See [ProvidedContext](https://docs.aws.amazon.com/STS/latest/APIReference/API_ProvidedContext.html).
#[derive(Clone)]
pub struct ProvidedContext {
    provider_arn: String,
    assertion: SecretString,
}

impl ProvidedContext {
    /// The assertion of 4 to 2,048 characters that this provider signed.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) beyond the limits.
    pub fn new(
        provider_arn: impl Into<String>,
        assertion: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let (provider_arn, assertion) = (provider_arn.into(), assertion.into());
        let refused = |what| Err(Error::new(ErrorKind::InvalidConfiguration, what));
        if let Err(fault) = check_shape(&provider_arn) {
            return refused(format!("the context provider ARN {} {fault}", excerpt(&provider_arn)));
        }
        if !(4..=2048).contains(&assertion.expose().chars().count()) {
            return refused("the context assertion is not 4 to 2048 characters long".into());
        }
        Ok(Self { provider_arn, assertion })
    }

    /// The ARN of the provider.
    #[must_use]
    pub fn provider_arn(&self) -> &str {
        &self.provider_arn
    }

    /// The assertion itself.
    #[must_use]
    pub fn assertion(&self) -> &SecretString {
        &self.assertion
    }
}

impl fmt::Debug for ProvidedContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvidedContext")
            .field("provider_arn", &self.provider_arn)
            .field("assertion", &self.assertion)
            .finish()
    }
}
