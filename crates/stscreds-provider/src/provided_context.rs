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

/// The context assertions of a session: five at most.
#[derive(Debug, Clone, Default)]
pub struct ProvidedContexts(Vec<ProvidedContext>);

impl ProvidedContexts {
    /// Takes the assertions together.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for a sixth.
    pub fn new(contexts: impl IntoIterator<Item = ProvidedContext>) -> Result<Self, Error> {
        let contexts: Vec<ProvidedContext> = contexts.into_iter().collect();
        if contexts.len() > 5 {
            let what = format!("{} context assertions are more than 5", contexts.len());
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        Ok(Self(contexts))
    }

    /// The assertions in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ProvidedContext> {
        self.0.iter()
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

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: &str = "arn:aws:iam::aws:contextProvider/IdentityCenter";

    #[test]
    fn limits_are_those_of_sts() {
        for right in [4, 2048] {
            let context = ProvidedContext::new(PROVIDER, "é".repeat(right)).unwrap();
            assert_eq!(context.assertion().expose().chars().count(), right);
        }
        for wrong in [0, 3, 2049] {
            let error = ProvidedContext::new(PROVIDER, "x".repeat(wrong)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        }
        let error = ProvidedContext::new("IdentityCenter", "planted").unwrap_err();
        assert!(error.to_string().contains("\"IdentityCenter\""), "{error}");
    }

    #[test]
    fn five_contexts_are_enough() {
        let contexts = |n| ProvidedContexts::new(vec![context(); n]);

        assert_eq!(contexts(5).unwrap().iter().len(), 5);
        assert_eq!(contexts(6).unwrap_err().kind(), ErrorKind::InvalidConfiguration);
    }

    fn context() -> ProvidedContext {
        ProvidedContext::new(PROVIDER, "planted").unwrap()
    }

    #[test]
    fn it_is_shown_neither_by_debug_nor_by_an_error() {
        let error = ProvidedContext::new(PROVIDER, "planted".repeat(300)).unwrap_err();

        let shown = format!("{:?} {error:?}", context());
        assert!(shown.contains(PROVIDER) && !shown.contains("planted"), "{shown}");
    }
}
