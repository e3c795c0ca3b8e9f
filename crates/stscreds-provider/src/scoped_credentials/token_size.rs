use stscreds_core::{Error, ErrorKind};

/// The least size of a session token, to test what larger ones do: 0 to 4,096 bytes.
///
/// See
/// [GetScopedCredentials](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinimumSessionTokenSize(u16);

impl MinimumSessionTokenSize {
    /// 4,096 bytes, the largest.
    pub const MAX: Self = Self(4096);

    /// The size in bytes.
    #[must_use]
    pub fn as_bytes(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for MinimumSessionTokenSize {
    type Error = Error;

    fn try_from(bytes: u16) -> Result<Self, Error> {
        if bytes <= Self::MAX.0 {
            return Ok(Self(bytes));
        }
        let what = format!("a session token of at least {bytes} bytes is larger than 4096");
        Err(Error::new(ErrorKind::InvalidConfiguration, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        assert_eq!(MinimumSessionTokenSize::try_from(0).unwrap().as_bytes(), 0);
        assert_eq!(MinimumSessionTokenSize::try_from(4096).unwrap(), MinimumSessionTokenSize::MAX);
        assert!(MinimumSessionTokenSize::try_from(4097).is_err());
    }
}
