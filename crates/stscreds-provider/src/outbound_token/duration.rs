use std::time::Duration;

use stscreds_core::{Error, ErrorKind};

/// How long an outbound token lasts: 1 minute to 1 hour.
///
/// These limits are fixed by STS for
/// [GetWebIdentityToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html).
/// A token never outlasts the session that asks for it: more is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboundTokenDuration(u32);

impl OutboundTokenDuration {
    /// 1 minute, the shortest.
    pub const MIN: Self = Self(60);

    /// 1 hour, the longest.
    pub const MAX: Self = Self(3600);

    /// The duration in seconds, as STS takes it.
    #[must_use]
    pub fn as_secs(self) -> u32 {
        self.0
    }
}

/// Fractions of a second are cut off.
impl TryFrom<Duration> for OutboundTokenDuration {
    type Error = Error;

    fn try_from(duration: Duration) -> Result<Self, Error> {
        u32::try_from(duration.as_secs())
            .map(Self)
            .ok()
            .filter(|duration| (Self::MIN..=Self::MAX).contains(duration))
            .ok_or_else(|| {
                let what = format!(
                    "an outbound token of {} s is not within 60 to 3600 s",
                    duration.as_secs()
                );
                Error::new(ErrorKind::DurationNotAllowed, what)
            })
    }
}

impl From<OutboundTokenDuration> for Duration {
    fn from(duration: OutboundTokenDuration) -> Self {
        Self::from_secs(duration.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in [60, 300, 3600] {
            let duration = OutboundTokenDuration::try_from(Duration::from_secs(right)).unwrap();
            assert_eq!(Duration::from(duration).as_secs(), right);
        }
        for wrong in [0, 59, 3601, (1 << 32) + 60, u64::MAX] {
            let error = OutboundTokenDuration::try_from(Duration::from_secs(wrong)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
        }
    }
}
