mod challenge;
mod code;
#[cfg(feature = "command")]
mod command;
mod environment;
#[cfg(feature = "prompt")]
mod prompt;
mod serial;
#[cfg(feature = "totp")]
mod totp;

use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::Error;

pub use self::challenge::{MfaChallenge, MfaReason};
pub use self::code::MfaCode;
#[cfg(feature = "command")]
pub use self::command::MfaCommand;
pub use self::environment::MfaEnvironment;
#[cfg(feature = "prompt")]
pub use self::prompt::MfaPrompt;
pub use self::serial::MfaSerial;
#[cfg(feature = "totp")]
pub use self::totp::MfaTotp;

/// Somewhere MFA codes come from.
///
/// Closures, fixed [`MfaCode`]s and `Arc`s of providers are providers.
///
/// # What a caller may assume
///
/// - It is asked once per attempt, and again on each refresh.
/// - The future may be dropped at any point; a prompt is then taken back.
///
/// # What an implementer owes
///
/// - A code that was not handed out before: STS takes each code once.
/// - An error that says why there is none, and never the code.
#[async_trait]
pub trait MfaTokenProvider: Send + Sync {
    /// Yields the code that the device of the challenge shows now.
    ///
    /// # Errors
    ///
    /// [`MfaCodeUnavailable`](stscreds_core::ErrorKind::MfaCodeUnavailable) if
    /// there is none to be had.
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error>;

    /// How often a code is asked for while STS rejects it.
    ///
    /// Once by default: a machine would give the same wrong answer again, and AWS
    /// locks out a device after repeated failures. A prompt says three.
    fn attempts(&self) -> u32 {
        1
    }
}

/// A closure is asked anew for each code.
#[async_trait]
impl<F, Fut> MfaTokenProvider for F
where
    F: Fn(MfaChallenge) -> Fut + Send + Sync,
    Fut: Future<Output = Result<MfaCode, Error>> + Send,
{
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        self(challenge.clone()).await
    }
}

/// A fixed code, for one-shot programs: STS takes it once.
#[async_trait]
impl MfaTokenProvider for MfaCode {
    async fn token_code(&self, _: &MfaChallenge) -> Result<MfaCode, Error> {
        Ok(self.clone())
    }
}

#[async_trait]
impl<M: MfaTokenProvider + ?Sized> MfaTokenProvider for Arc<M> {
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        (**self).token_code(challenge).await
    }

    fn attempts(&self) -> u32 {
        (**self).attempts()
    }
}
