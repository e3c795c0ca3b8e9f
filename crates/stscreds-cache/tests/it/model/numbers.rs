//! The numbers that the rules speak of, by preset.

use stscreds_core::ErrorKind;

use super::naive::{Preset, SECOND, Setting};

impl Setting {
    /// How long before its expiry a value is due, and how long before it callers wait.
    pub(super) fn windows(&self, lifetime: i64) -> (i64, i64) {
        let by_lifetime = match lifetime / SECOND {
            ..=1_200 => 300 * SECOND,
            1_201..5_400 => 900 * SECOND,
            _ => 3_600 * SECOND,
        };
        let window = match self.preset {
            Preset::Ours => by_lifetime.min(lifetime / 2),
            Preset::Sdk => by_lifetime,
            Preset::Go => 300 * SECOND - 300 * SECOND / 8 * self.quarters,
        };
        let window = match self.adjusted {
            Some(due) => (lifetime - due * SECOND).max(0),
            None => window,
        };
        match self.preset {
            Preset::Ours => (window + window / 16 * self.quarters, (window / 2).min(60 * SECOND)),
            Preset::Sdk => (window, window.min(60 * SECOND)),
            Preset::Go => (window, window),
        }
    }

    /// 1 to 5 seconds.
    pub(super) fn remembers(&self) -> i64 {
        (1 + self.quarters) * SECOND
    }

    /// Ours, with so much left until the expiry: a quarter to a half of it.
    pub(super) fn pause_before(&self, left: i64) -> i64 {
        (left / 16 * (4 + self.quarters)).clamp(5 * SECOND, 600 * SECOND)
    }

    /// Ours, after so many failures since the expiry.
    pub(super) fn pause_past(&self, failures: u32) -> i64 {
        (5 * SECOND * 2_i64.pow(failures.min(20))).min(self.long_pause())
    }

    /// 5 to 10 minutes.
    pub(super) fn long_pause(&self) -> i64 {
        (300 + 75 * self.quarters) * SECOND
    }

    /// Whether this failure is raised although the value is valid.
    pub(super) fn raises(&self, kind: ErrorKind) -> bool {
        match self.preset {
            Preset::Ours => false,
            Preset::Sdk => !may_pass(kind),
            Preset::Go => true,
        }
    }
}

/// Throttling, outages, time-outs and the like may pass by themselves.
pub(super) fn may_pass(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::AccessDenied
            | ErrorKind::IdentityRejected
            | ErrorKind::IdentityTokenMissing
            | ErrorKind::MalformedPolicy
            | ErrorKind::PolicyTooLarge
            | ErrorKind::RegionDisabled
            | ErrorKind::InvalidConfiguration
    )
}
