use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::switches::{MfaBudget, MfaReplay};

/// Which MFA codes have been used.
///
/// Per device, the steps of time whose codes were accepted. As many are kept as the widest window has: older ones are out of every window.
#[derive(Debug, Default)]
pub struct SpentCodes {
    steps: Mutex<HashMap<String, BTreeSet<u64>>>,
    /// Per device, the latest window and how many codes were checked in it.
    checked: Mutex<HashMap<String, (i64, u32)>>,
}

/// A code that a call used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpentCode {
    /// The serial number of the device.
    pub serial: String,
    /// The step of 30 seconds since 1970 whose code it is.
    pub step: u64,
}

/// As many steps as the widest [window](crate::switches::MfaWindow) has. A device takes up a megabyte once that many codes were used.
const KEPT: usize = 2 * u16::MAX as usize + 1;

/// In seconds.
const WINDOW: i64 = 180;

impl SpentCode {
    /// A code by its device and its step of time.
    #[must_use]
    pub fn new(serial: impl Into<String>, step: u64) -> Self {
        Self { serial: serial.into(), step }
    }
}

impl SpentCodes {
    /// Whether a code has been used.
    #[must_use]
    pub fn is_spent(&self, code: &SpentCode, replay: MfaReplay) -> bool {
        self.lock().get(&code.serial).is_some_and(|steps| spent(steps, code.step, replay))
    }

    /// Marks a code as used; false if it was already.
    ///
    /// Of two calls that carry one code at the same time, only one spends it.
    pub fn spend(&self, code: &SpentCode, replay: MfaReplay) -> bool {
        let mut devices = self.lock();
        let steps = devices.entry(code.serial.clone()).or_default();
        if spent(steps, code.step, replay) {
            return false;
        }
        steps.insert(code.step);
        if steps.len() > KEPT {
            steps.pop_first();
        }
        true
    }

    /// Counts one more check of a code of a device; false when the device has had all of its checks in the present window.
    ///
    /// Windows are those of 180 seconds since 1970. Of two calls at the same time, each is counted once.
    pub fn may_verify(&self, serial: &str, now: i64, budget: MfaBudget) -> bool {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let present = now.div_euclid(WINDOW);
        let (window, count) = checked.entry(serial.to_owned()).or_default();
        if *window != present {
            (*window, *count) = (present, 0);
        }
        let is_within = *count < budget.0;
        *count += u32::from(is_within);
        is_within
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        self.lock().clear();
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, BTreeSet<u64>>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spent(steps: &BTreeSet<u64>, step: u64, replay: MfaReplay) -> bool {
    match replay {
        MfaReplay::Code => steps.contains(&step),
        MfaReplay::CodeAndEarlier => steps.last().is_some_and(|used| *used >= step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(step: u64) -> SpentCode {
        SpentCode { serial: "GAHT12345678".to_owned(), step }
    }

    #[test]
    fn a_code_is_spent_once() {
        let codes = SpentCodes::default();

        assert!(codes.spend(&code(7), MfaReplay::Code));
        assert!(!codes.spend(&code(7), MfaReplay::Code));
        assert!(codes.spend(&code(6), MfaReplay::Code));
    }

    #[test]
    fn a_code_may_take_earlier_ones_along() {
        let codes = SpentCodes::default();
        codes.spend(&code(7), MfaReplay::CodeAndEarlier);

        assert!(codes.is_spent(&code(6), MfaReplay::CodeAndEarlier));
        assert!(!codes.is_spent(&code(8), MfaReplay::CodeAndEarlier));
    }

    /// A window of any width that the switch takes: `MfaWindow(w)` has 2w + 1 steps.
    #[test]
    fn no_code_of_the_widest_window_serves_twice_and_older_ones_are_forgotten() {
        let codes = SpentCodes::default();
        let window = 2 * u64::from(u16::MAX) + 1;
        for step in 0..=window {
            assert!(codes.spend(&code(step), MfaReplay::Code), "{step}");
        }

        assert_eq!(codes.lock()["GAHT12345678"].len(), KEPT);
        for step in 1..=window {
            assert!(!codes.spend(&code(step), MfaReplay::Code), "{step}");
        }
    }
}
