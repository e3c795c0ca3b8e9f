use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Credentials, CredentialsProvider, Error, ErrorKind};

/// The first of several providers that has credentials: a profile on a laptop, then the
/// token of a cluster, then the AWS SDK's default chain.
///
/// A provider that *has none* ([`NoCredentials`](ErrorKind::NoCredentials)) leads to the
/// next one. A provider that *fails* does not: its error is returned. A denied or
/// mistyped profile never falls through to the role of the machine.
///
/// The providers are asked in their order at each call. The
/// [`session_key`](CredentialsProvider::session_key) is unknown: which provider has
/// credentials is known only when it is asked.
///
/// ```
/// use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, FirstOf};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
/// let laptop = async || Err(Error::new(ErrorKind::NoCredentials, "no profile here"));
/// let cluster = async || Ok(Credentials::new("AKIAEXAMPLE", "a secret"));
///
/// let credentials = FirstOf::new(laptop).or(cluster).credentials().await?;
///
/// assert_eq!(credentials.access_key_id(), "AKIAEXAMPLE");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct FirstOf(Vec<Arc<dyn CredentialsProvider>>);

impl FirstOf {
    /// The provider to ask first.
    pub fn new(provider: impl CredentialsProvider + 'static) -> Self {
        Self(vec![Arc::new(provider)])
    }

    /// The provider to ask if none before it has credentials.
    #[must_use]
    pub fn or(mut self, provider: impl CredentialsProvider + 'static) -> Self {
        self.0.push(Arc::new(provider));
        self
    }
}

/// # Errors
///
/// That of the first provider that fails. If all have none,
/// [`NoCredentials`](ErrorKind::NoCredentials) with the reason of each.
///
/// # Cancel safety
///
/// Dropping the future abandons the call of the provider that is being asked.
#[async_trait]
impl CredentialsProvider for FirstOf {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let mut reasons = Vec::new();
        for provider in &self.0 {
            match provider.credentials().await {
                Err(error) if error.kind() == ErrorKind::NoCredentials => {
                    let text = error.to_string();
                    let remedy = format!("; {}", error.kind().remedy());
                    let reason = text.strip_suffix(&remedy).unwrap_or(&text);
                    reasons.push(format!("({}) {reason}", reasons.len() + 1));
                }
                decided => return decided,
            }
        }
        let count = self.0.len();
        let what = format!("none of {count} providers has credentials: {}", reasons.join(", "));
        Err(Error::new(ErrorKind::NoCredentials, what))
    }

    fn reject(&self, access_key_id: &str) {
        self.0.iter().for_each(|provider| provider.reject(access_key_id));
    }
}

impl fmt::Debug for FirstOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstOf").field("providers", &self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn failing(kind: ErrorKind, what: &'static str) -> impl CredentialsProvider {
        move || std::future::ready(Err(Error::new(kind, what)))
    }

    fn fixed(id: &'static str) -> Credentials {
        Credentials::new(id, "s")
    }

    #[tokio::test]
    async fn only_a_provider_that_has_none_leads_to_the_next() {
        for kind in ErrorKind::ALL {
            let first = FirstOf::new(failing(*kind, "first")).or(fixed("AKIANEXT"));

            match first.credentials().await {
                Ok(next) => {
                    assert_eq!(*kind, ErrorKind::NoCredentials);
                    assert_eq!(next.access_key_id(), "AKIANEXT");
                }
                Err(error) => {
                    assert_ne!(*kind, ErrorKind::NoCredentials);
                    assert_eq!(error.kind(), *kind);
                    assert!(error.to_string().starts_with("first"), "{error}");
                }
            }
        }
    }

    #[tokio::test]
    async fn the_first_that_has_any_is_the_last_to_be_asked() {
        let first = FirstOf::new(fixed("AKIAFIRST")).or(failing(ErrorKind::Bug, "asked"));

        assert_eq!(first.credentials().await.unwrap().access_key_id(), "AKIAFIRST");
        assert_eq!(first.session_key(), None);
    }

    #[tokio::test]
    async fn if_all_have_none_each_reason_is_told_and_the_remedy_once() {
        let none = |what| failing(ErrorKind::NoCredentials, what);

        let error = FirstOf::new(none("no profile")).or(none("no token")).credentials().await;

        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials);
        let what = "none of 2 providers has credentials: (1) no profile, (2) no token; ";
        assert_eq!(error.to_string(), what.to_owned() + ErrorKind::NoCredentials.remedy());
    }

    #[test]
    fn all_are_told_what_was_rejected() {
        struct Noting(Arc<Mutex<Vec<String>>>);

        #[async_trait]
        impl CredentialsProvider for Noting {
            async fn credentials(&self) -> Result<Credentials, Error> {
                Ok(fixed("AKIA"))
            }

            fn reject(&self, access_key_id: &str) {
                self.0.lock().unwrap().push(access_key_id.to_owned());
            }
        }
        let seen = Arc::<Mutex<Vec<String>>>::default();

        FirstOf::new(Noting(Arc::clone(&seen))).or(Noting(Arc::clone(&seen))).reject("AKIA");

        assert_eq!(*seen.lock().unwrap(), ["AKIA", "AKIA"]);
    }
}
