use std::time::Duration;

use stscreds_core::{Error, ErrorKind};

/// The lifetime of the credentials of a user's own session: 15 minutes to 36 hours.
///
/// These limits are fixed by STS for
/// [GetSessionToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html)
/// and
/// [GetFederationToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
/// The root user of an account gets one hour at most, without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserSessionDuration(u32);

impl UserSessionDuration {
    /// 15 minutes, the shortest.
    pub const MIN: Self = Self(900);

    /// 36 hours, the longest.
    pub const MAX: Self = Self(129_600);

    /// So many minutes: 15 to 2160, checked when the program is compiled.
    #[must_use]
    pub const fn minutes<const N: u32>() -> Self {
        const { assert!(N >= 15 && N <= 2160, "15 to 2160 minutes") };
        Self(N * 60)
    }

    /// So many hours: 1 to 36, checked when the program is compiled.
    #[must_use]
    pub const fn hours<const N: u32>() -> Self {
        const { assert!(N >= 1 && N <= 36, "1 to 36 hours") };
        Self(N * 3_600)
    }

    /// The duration in seconds, as STS takes it.
    #[must_use]
    pub fn as_secs(self) -> u32 {
        self.0
    }
}

/// Fractions of a second are cut off.
impl TryFrom<Duration> for UserSessionDuration {
    type Error = Error;

    fn try_from(duration: Duration) -> Result<Self, Error> {
        u32::try_from(duration.as_secs())
            .map(Self)
            .ok()
            .filter(|duration| (Self::MIN..=Self::MAX).contains(duration))
            .ok_or_else(|| {
                let what =
                    format!("a session of {} s is not within 900 to 129600 s", duration.as_secs());
                Error::new(ErrorKind::DurationNotAllowed, what)
            })
    }
}

impl From<UserSessionDuration> for Duration {
    fn from(duration: UserSessionDuration) -> Self {
        Self::from_secs(duration.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in [900, 43_200, 129_600] {
            let duration = UserSessionDuration::try_from(Duration::from_secs(right)).unwrap();
            assert_eq!(Duration::from(duration).as_secs(), right);
        }
        for wrong in [0, 899, 129_601, (1 << 32) + 900, u64::MAX] {
            let error = UserSessionDuration::try_from(Duration::from_secs(wrong)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
        }
    }
}
