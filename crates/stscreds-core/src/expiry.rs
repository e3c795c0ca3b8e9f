use std::sync::Arc;
use std::time::Duration;

use crate::Timestamp;

/// Something that is good until an instant.
///
/// Credentials, an identity of the AWS SDK, an OIDC token: whatever a cache
/// keeps fresh.
pub trait Expires {
    /// The first instant at which this is no longer valid, or `None` if it is
    /// valid for ever.
    fn expires_at(&self) -> Option<Timestamp>;

    /// Whether this is no longer valid at `now`.
    ///
    /// It is expired *at* the instant of expiry, as STS has it.
    fn is_expired_at(&self, now: Timestamp) -> bool {
        self.expires_at().is_some_and(|expiry| expiry <= now)
    }

    /// How long this is still valid from `now`; zero once expired, `None` if it
    /// never expires.
    fn remaining_at(&self, now: Timestamp) -> Option<Duration> {
        self.expires_at().map(|expiry| expiry.since(now))
    }
}

impl<T: Expires + ?Sized> Expires for Arc<T> {
    fn expires_at(&self) -> Option<Timestamp> {
        (**self).expires_at()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Until(Option<Timestamp>);

    impl Expires for Until {
        fn expires_at(&self) -> Option<Timestamp> {
            self.0
        }
    }

    #[test]
    fn expired_begins_at_the_very_instant_of_expiry() {
        let expiry = Timestamp::from_unix_seconds(1_000);
        let value = Until(Some(expiry));

        assert!(!value.is_expired_at(expiry - Duration::from_nanos(1)));
        assert!(value.is_expired_at(expiry));
        assert_eq!(value.remaining_at(expiry + Duration::from_secs(1)), Some(Duration::ZERO));
    }

    #[test]
    fn what_has_no_expiry_never_expires() {
        let value = Until(None);

        assert!(!value.is_expired_at(Timestamp::MAX));
        assert_eq!(value.remaining_at(Timestamp::EPOCH), None);
    }
}
