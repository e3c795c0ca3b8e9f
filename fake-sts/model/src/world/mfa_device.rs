use std::fmt;

use serde::{Deserialize, Serialize};

/// An MFA device of a user: a seed, from which codes follow by [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238).
///
/// SHA-1, 30 seconds, 6 digits, as AWS has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MfaDevice {
    /// Of a virtual device `mfa/` and its name, or its whole ARN; of a hardware token its serial number, such as `GAHT12345678`.
    pub serial: String,
    /// The seed in base32. A device without one gets one when a server starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
}

impl MfaDevice {
    /// A virtual device, whose serial number is `arn:aws:iam::<account>:mfa/<name>`.
    #[must_use]
    pub fn virtual_device(name: &str) -> Self {
        Self { serial: format!("mfa/{name}"), seed: None }
    }

    /// A hardware token with a serial number such as `GAHT12345678`.
    #[must_use]
    pub fn hardware_token(serial: impl Into<String>) -> Self {
        Self { serial: serial.into(), seed: None }
    }

    /// The device with a seed in base32.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<String>) -> Self {
        self.seed = Some(seed.into());
        self
    }
}

impl fmt::Debug for MfaDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaDevice")
            .field("serial", &self.serial)
            .field("seed", &self.seed.as_ref().map(|_| "** redacted **"))
            .finish()
    }
}
