mod derived;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::derived::DerivedForm;
use self::derived::Forms;
use crate::{Expires, ProviderSource, SecretString, Timestamp};

/// AWS credentials: an access key id, its secret and, if temporary, a session
/// token and an expiry.
///
/// A cheap handle: however often it is cloned, the secret exists once in memory
/// and is wiped when the last handle is dropped. `Debug` shows which credentials
/// these are and masks what makes them work.
///
/// ```
/// use stscreds_core::Credentials;
///
/// let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG");
///
/// assert_eq!(credentials.access_key_id(), "AKIAIOSFODNN7EXAMPLE");
/// assert!(!format!("{credentials:?}").contains("wJalrXUtnFEMI"));
/// ```
#[derive(Clone)]
pub struct Credentials(Arc<Handle>);

/// The reference count that clones of one handle share, on a cache line of its
/// own. A clone touches this line only, never the count of `Shared`, which may be
/// used from other cores through other handles.
#[repr(align(128))]
struct Handle {
    shared: Arc<Shared>,
    /// Wrappers around those of `shared`.
    forms: Forms,
}

struct Shared {
    access_key_id: String,
    secret_access_key: SecretString,
    session_token: Option<SecretString>,
    expires_at: Option<Timestamp>,
    account_id: Option<String>,
    provider_name: Cow<'static, str>,
    provider_sources: Vec<ProviderSource>,
    /// Each form that any handle was asked for.
    forms: Forms,
}

impl Credentials {
    /// Long-term credentials, which never expire.
    ///
    /// The texts are taken as they are. What no header can carry, such as a line end in
    /// the access key id, is refused by what signs with the credentials.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
    ) -> Self {
        Self::builder(access_key_id, secret_access_key).build()
    }

    /// Credentials with a session token, an expiry or an origin.
    pub fn builder(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
    ) -> CredentialsBuilder {
        CredentialsBuilder(Shared {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: None,
            expires_at: None,
            account_id: None,
            provider_name: Cow::Borrowed("Static"),
            provider_sources: Vec::new(),
            forms: Forms::default(),
        })
    }

    /// The access key id: `AKIA..` long-term, `ASIA..` temporary. Not a secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.shared().access_key_id
    }

    /// The secret access key, which signs requests.
    #[must_use]
    pub fn secret_access_key(&self) -> &SecretString {
        &self.shared().secret_access_key
    }

    /// The session token that temporary credentials send along.
    #[must_use]
    pub fn session_token(&self) -> Option<&SecretString> {
        self.shared().session_token.as_ref()
    }

    /// The account the credentials act in, as far as their provider was told.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.shared().account_id.as_deref()
    }

    /// The name of the provider these came from, such as `AssumeRoleProvider`.
    #[must_use]
    pub fn provider_name(&self) -> &str {
        &self.shared().provider_name
    }

    /// Where these came from, first source first: for a role assumed with keys of
    /// the environment, the environment and then the role.
    #[must_use]
    pub fn provider_sources(&self) -> &[ProviderSource] {
        &self.shared().provider_sources
    }

    /// Whether both are handles to the very same credentials in memory.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.shared, &other.0.shared)
    }

    /// Another handle to the same secret, with a reference count of its own.
    ///
    /// Clones of one handle share a count, and cores that clone at the same time
    /// contend for it (17 ns alone, 81 ns on two cores). A cache gives each of
    /// its stripes a handle made by this, and the secret still exists once.
    #[must_use]
    pub fn uncontended(&self) -> Self {
        let other = Self::of(Arc::clone(&self.0.shared));
        other.prepare_like(self);
        other
    }

    /// These credentials in the form of another library, made at the first use.
    ///
    /// Later uses find it ready, without a lock. The form lives as long as the credentials.
    #[inline]
    #[must_use]
    pub fn derived<T: DerivedForm>(&self) -> &T {
        match self.0.forms.find() {
            Some(form) => form,
            None => self.derive(),
        }
    }

    /// Makes every [form](Self::derived) that another value was asked for, so that the first
    /// use finds it ready. A cache calls it before it replaces `previous` with this value.
    pub fn prepare_like(&self, previous: &Self) {
        previous.shared().forms.prepare(self);
    }

    /// The first instant at which the credentials no longer work, or `None` if they never
    /// expire.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.shared().expires_at
    }

    /// Whether the credentials no longer work at `now`: [`Expires::is_expired_at`].
    #[must_use]
    pub fn is_expired_at(&self, now: Timestamp) -> bool {
        Expires::is_expired_at(self, now)
    }

    /// How long the credentials still work from `now`: [`Expires::remaining_at`].
    #[must_use]
    pub fn remaining_at(&self, now: Timestamp) -> Option<Duration> {
        Expires::remaining_at(self, now)
    }

    #[cold]
    fn derive<T: DerivedForm>(&self) -> &T {
        // What holds a secret exists once, and each handle has a wrapper around it.
        let shared = self.shared().forms.find_or_insert(|| T::derive(self));
        self.0.forms.find_or_insert(|| shared.uncontended())
    }

    fn of(shared: Arc<Shared>) -> Self {
        Self(Arc::new(Handle { shared, forms: Forms::default() }))
    }

    fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl Expires for Credentials {
    fn expires_at(&self) -> Option<Timestamp> {
        self.shared().expires_at
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared().fmt(f)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &self.secret_access_key)
            .field("session_token", &self.session_token)
            .field("expires_at", &self.expires_at)
            .field("account_id", &self.account_id)
            .field("provider_name", &self.provider_name)
            .field("provider_sources", &self.provider_sources)
            .finish()
    }
}

/// Builds [`Credentials`]; made by [`Credentials::builder`].
#[must_use = "call `build` to get the credentials"]
pub struct CredentialsBuilder(Shared);

impl CredentialsBuilder {
    /// The session token of temporary credentials.
    pub fn session_token(mut self, token: impl Into<SecretString>) -> Self {
        self.0.session_token = Some(token.into());
        self
    }

    /// The first instant at which the credentials no longer work.
    pub fn expires_at(mut self, expiry: impl Into<Timestamp>) -> Self {
        self.0.expires_at = Some(expiry.into());
        self
    }

    /// The account the credentials act in.
    pub fn account_id(mut self, account: impl Into<String>) -> Self {
        self.0.account_id = Some(account.into());
        self
    }

    /// The name of the provider; `Static` if none is given.
    pub fn provider_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.provider_name = name.into();
        self
    }

    /// The chain of sources, first source first.
    pub fn provider_sources(mut self, sources: impl Into<Vec<ProviderSource>>) -> Self {
        self.0.provider_sources = sources.into();
        self
    }

    /// The credentials.
    #[must_use]
    pub fn build(self) -> Credentials {
        Credentials::of(Arc::new(self.0))
    }
}

impl fmt::Debug for CredentialsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CredentialsBuilder").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary() -> Credentials {
        Credentials::builder("ASIAEXAMPLE", "planted-secret")
            .session_token("planted-token")
            .expires_at(Timestamp::from_unix_seconds(1_000))
            .account_id("111122223333")
            .provider_name("AssumeRoleProvider")
            .provider_sources([ProviderSource::Environment, ProviderSource::AssumeRole])
            .build()
    }

    #[test]
    fn debug_tells_which_credentials_these_are_but_not_how_to_use_them() {
        let shown = format!("{:?}", temporary());

        for told in ["ASIAEXAMPLE", "111122223333", "AssumeRoleProvider", "1970-01-01T00:16:40Z"] {
            assert!(shown.contains(told), "{shown}");
        }
        assert!(!shown.contains("planted"), "{shown}");
    }

    #[test]
    fn every_handle_reads_the_one_secret() {
        let credentials = temporary();

        let clone = credentials.clone();
        let striped = credentials.uncontended();

        assert!(clone.ptr_eq(&credentials) && striped.ptr_eq(&credentials));
        let address = |c: &Credentials| c.secret_access_key().expose().as_ptr();
        assert_eq!(address(&striped), address(&credentials));
        assert!(!credentials.ptr_eq(&temporary()));
    }

    #[test]
    fn an_uncontended_handle_has_a_count_and_a_cache_line_of_its_own() {
        let credentials = temporary();

        let striped = credentials.uncontended();

        assert_eq!(Arc::strong_count(&credentials.0), 1);
        assert_eq!(Arc::strong_count(&striped.0), 1);
        assert_eq!(align_of::<Handle>(), 128);
    }

    #[test]
    fn long_term_credentials_never_expire() {
        let credentials = Credentials::new("AKIAEXAMPLE", "s");

        assert_eq!(credentials.expires_at(), None);
        assert!(credentials.session_token().is_none());
        assert_eq!(credentials.provider_name(), "Static");
    }
}
