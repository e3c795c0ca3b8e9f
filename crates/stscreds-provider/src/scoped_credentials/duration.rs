use std::time::Duration;

use stscreds_core::{Error, ErrorKind};

/// The lifetime of scoped credentials: 1 second to 36 hours.
///
/// The limits of
/// [GetScopedCredentials](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html).
/// They never outlive the session that they are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopedDuration(u32);

impl ScopedDuration {
    /// One second, the shortest.
    pub const MIN: Self = Self(1);

    /// 36 hours, the longest.
    pub const MAX: Self = Self(129_600);

    /// So many minutes: 1 to 2160, checked when the program is compiled.
    #[must_use]
    pub const fn minutes<const N: u32>() -> Self {
        const { assert!(N >= 1 && N <= 2160, "1 to 2160 minutes") };
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
impl TryFrom<Duration> for ScopedDuration {
    type Error = Error;

    fn try_from(duration: Duration) -> Result<Self, Error> {
        u32::try_from(duration.as_secs())
            .map(Self)
            .ok()
            .filter(|duration| (Self::MIN..=Self::MAX).contains(duration))
            .ok_or_else(|| {
                let what = format!(
                    "scoped credentials of {} s are not within 1 to 129600 s",
                    duration.as_secs()
                );
                Error::new(ErrorKind::DurationNotAllowed, what)
            })
    }
}

impl From<ScopedDuration> for Duration {
    fn from(duration: ScopedDuration) -> Self {
        Self::from_secs(duration.0.into())
    }
}

/// How long scoped credentials last, compared with the session they are made from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopedLifetime {
    /// As long as that session.
    #[default]
    Inherit,
    /// So long, or as long as that session if it ends earlier.
    AtMost(ScopedDuration),
    /// So long; an error if that session ends earlier.
    Exactly(ScopedDuration),
}

impl ScopedLifetime {
    /// How much life the session that they are made from should have.
    pub(super) fn wanted(self) -> Duration {
        match self {
            Self::Inherit => Duration::ZERO,
            Self::AtMost(duration) | Self::Exactly(duration) => duration.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in [1, 900, 129_600] {
            let duration = ScopedDuration::try_from(Duration::from_secs(right)).unwrap();
            assert_eq!(Duration::from(duration).as_secs(), right);
        }
        let half = Duration::from_millis(500);
        let wrong = [0, 129_601, (1 << 32) + 900, u64::MAX].map(Duration::from_secs);
        for wrong in wrong.into_iter().chain([half]) {
            let error = ScopedDuration::try_from(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
        }
    }
}
