use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Clock, Error, ErrorKind, SecretString, Timestamp, interactive};
use tokio::sync::{Mutex, MutexGuard};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::{MfaChallenge, MfaCode, MfaTokenProvider};

/// MFA codes made from the seed of a virtual device, as
/// [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238) says and AWS uses it:
/// HMAC-SHA-1, steps of 30 s, six digits.
///
/// It hands out one code per step, and waits for the next step instead of handing out a
/// code twice, since STS accepts each code once. Surrounding timeouts, such as a cache's,
/// are paused while it waits. Clones of an `Arc` share the memory of the last step; two
/// providers made from one seed do not.
///
/// A seed beside the keys that it protects is no second factor. This is for
/// machines that must call what is guarded by MFA, and for tests.
pub struct MfaTotp {
    totp: Totp,
    clock: Clock,
    /// When the step ends whose code was handed out last. Locked while waiting for
    /// that, so that two callers get the codes of two steps.
    free_from: Mutex<Timestamp>,
}

impl MfaTotp {
    /// Codes of the device with this seed in base32, as AWS shows it.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if the seed is
    /// not base32 or shorter than the 128 bits that RFC 4226 demands.
    pub fn from_base32(seed: impl Into<SecretString>) -> Result<Self, Error> {
        Self::with_clock(seed, Clock::system())
    }

    /// The same by another clock.
    ///
    /// # Errors
    ///
    /// As [`from_base32`](Self::from_base32).
    pub fn with_clock(seed: impl Into<SecretString>, clock: Clock) -> Result<Self, Error> {
        let seed = seed.into();
        let refused = |_| {
            Error::new(
                ErrorKind::InvalidConfiguration,
                "the MFA seed is not base32 of at least 128 bits",
            )
        };
        // With room for all of it: a text that is moved while it grows leaves a copy behind.
        let mut letters = Zeroizing::new(String::with_capacity(seed.expose().len()));
        letters.extend(seed.expose().chars().filter(|c| !c.is_whitespace() && *c != '='));
        letters.make_ascii_uppercase();
        let secret = Secret::try_from_base32(&*letters).map_err(|_| refused(()))?;
        let totp = Builder::new().with_secret(secret).build().map_err(|_| refused(()))?;
        Ok(Self { totp, clock, free_from: Mutex::new(Timestamp::EPOCH) })
    }

    async fn next_code(&self) -> Result<MfaCode, Error> {
        // The wait for the device's next code is that of a person: timeouts around it are paused.
        let mut free_from = interactive(self.next_step()).await;
        let now = self.clock.now().unix_seconds();
        let step_began = now - now % STEP.as_secs();
        *free_from = Timestamp::EPOCH + Duration::from_secs(step_began) + STEP;
        MfaCode::parse(self.totp.generate(now).to_string())
    }

    /// The turn of this caller, once the step of the last code has ended.
    async fn next_step(&self) -> MutexGuard<'_, Timestamp> {
        let free_from = self.free_from.lock().await;
        self.wait_until(*free_from).await;
        free_from
    }

    /// Waits by our clock, not by the runtime's: they are not the same under
    /// virtual time or when the machine was suspended.
    async fn wait_until(&self, due: Timestamp) {
        loop {
            let left = due.since(self.clock.now());
            // More than a step is left only if the clock was set back, perhaps by hours: what it
            // was is no reason to wait.
            if left.is_zero() || left > STEP {
                return;
            }
            tokio::time::sleep(left.min(CLOCK_CHECK)).await;
        }
    }
}

/// # Cancel safety
///
/// Dropping the future while it waits hands out nothing.
#[async_trait]
impl MfaTokenProvider for MfaTotp {
    async fn token_code(&self, _: &MfaChallenge) -> Result<MfaCode, Error> {
        self.next_code().await
    }
}

impl fmt::Debug for MfaTotp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaTotp").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// [RFC 6238, section 5.2](https://www.rfc-editor.org/rfc/rfc6238#section-5.2);
/// AWS's virtual devices use the default.
const STEP: Duration = Duration::from_secs(30);

/// How often the clock is looked at while waiting.
const CLOCK_CHECK: Duration = Duration::from_secs(1);
