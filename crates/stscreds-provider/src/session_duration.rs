use std::time::Duration;

use stscreds_core::{Error, ErrorKind};

/// The lifetime of role credentials: 15 minutes to 12 hours.
///
/// These limits are
/// [fixed by STS](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html);
/// the role's own maximum and the one hour of role chaining are for STS to check. A
/// user's own sessions have [other limits](crate::UserSessionDuration).
///
/// ```
/// use std::time::Duration;
/// use stscreds_provider::SessionDuration;
///
/// const AN_HOUR: SessionDuration = SessionDuration::hours::<1>();
///
/// let read_from_a_file = Duration::from_secs(3_600);
/// assert_eq!(SessionDuration::try_from(read_from_a_file)?, AN_HOUR);
/// # Ok::<_, stscreds_core::Error>(())
/// ```
///
/// A duration that STS does not allow does not compile, and neither does a number without a
/// unit:
///
/// ```compile_fail
/// # use stscreds_provider::SessionDuration;
/// let two_minutes = SessionDuration::minutes::<2>();
/// ```
///
/// ```compile_fail
/// # use stscreds_provider::SessionDuration;
/// let half_an_hour = SessionDuration::try_from(30 * 60)?;
/// # Ok::<_, stscreds_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionDuration(u16);

impl SessionDuration {
    /// 15 minutes, the shortest.
    pub const MIN: Self = Self(900);

    /// 12 hours, the longest.
    pub const MAX: Self = Self(43_200);

    /// So many minutes: 15 to 720, checked when the program is compiled.
    #[must_use]
    pub const fn minutes<const N: u16>() -> Self {
        const { assert!(N >= 15 && N <= 720, "15 to 720 minutes") };
        Self(N * 60)
    }

    /// So many hours: 1 to 12, checked when the program is compiled.
    #[must_use]
    pub const fn hours<const N: u16>() -> Self {
        const { assert!(N >= 1 && N <= 12, "1 to 12 hours") };
        Self(N * 3_600)
    }

    /// The duration in seconds, as STS takes it.
    #[must_use]
    pub fn as_secs(self) -> u16 {
        self.0
    }
}

/// Fractions of a second are cut off.
impl TryFrom<Duration> for SessionDuration {
    type Error = Error;

    fn try_from(duration: Duration) -> Result<Self, Error> {
        u16::try_from(duration.as_secs())
            .map(Self)
            .ok()
            .filter(|duration| (Self::MIN..=Self::MAX).contains(duration))
            .ok_or_else(|| {
                let what =
                    format!("a session of {} s is not within 900 to 43200 s", duration.as_secs());
                Error::new(ErrorKind::DurationNotAllowed, what)
            })
    }
}

impl From<SessionDuration> for Duration {
    fn from(duration: SessionDuration) -> Self {
        Self::from_secs(duration.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in [900, 1800, 43_200] {
            let duration = SessionDuration::try_from(Duration::from_secs(right)).unwrap();
            assert_eq!(Duration::from(duration).as_secs(), right);
        }
        for wrong in [0, 42, 899, 43_201, 65_536 + 900, u64::MAX] {
            let error = SessionDuration::try_from(Duration::from_secs(wrong)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
        }
    }
}
