use std::fmt;

use super::MfaSerial;

/// What a source of MFA codes is told: whose code, and why.
#[derive(Debug, Clone)]
pub struct MfaChallenge {
    serial: MfaSerial,
    attempt: u32,
    reason: MfaReason,
}

impl MfaChallenge {
    /// The first time that a code of this device is asked for.
    #[must_use]
    pub fn first(serial: MfaSerial) -> Self {
        Self { serial, attempt: 1, reason: MfaReason::Requested }
    }

    /// The challenge after this one, STS having rejected the code.
    #[must_use]
    pub fn after_rejection(&self) -> Self {
        Self {
            serial: self.serial.clone(),
            attempt: self.attempt.saturating_add(1),
            reason: MfaReason::CodeRejected,
        }
    }

    /// The device whose code is wanted.
    #[must_use]
    pub fn serial(&self) -> &MfaSerial {
        &self.serial
    }

    /// The number of this attempt, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Why a code is wanted.
    #[must_use]
    pub fn reason(&self) -> MfaReason {
        self.reason
    }
}

/// Why an MFA code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MfaReason {
    /// A call needs one.
    Requested,
    /// STS did not accept the one before.
    CodeRejected,
}

impl fmt::Display for MfaReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "requested",
            Self::CodeRejected => "code rejected",
        })
    }
}
