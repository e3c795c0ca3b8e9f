use std::fmt;
use std::sync::Arc;

use stscreds_core::{Credentials, Error, ErrorKind};
use stscreds_token::{MfaChallenge, MfaCode, MfaSerial, MfaTokenProvider};

use crate::sts_fault::without_secret;

/// An MFA device and the code that it showed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MfaAnswer {
    /// `SerialNumber`.
    pub serial: MfaSerial,
    /// `TokenCode`.
    pub code: MfaCode,
}

/// A device and where its codes come from: never one without the other.
pub(crate) struct Mfa {
    serial: MfaSerial,
    codes: Arc<dyn MfaTokenProvider>,
}

impl Mfa {
    pub(crate) fn new(serial: MfaSerial, codes: impl MfaTokenProvider + 'static) -> Self {
        Self { serial, codes: Arc::new(codes) }
    }

    pub(crate) fn serial(&self) -> &MfaSerial {
        &self.serial
    }

    /// Calls with a code, and again with the next code while STS rejects them and the
    /// source of codes allows another attempt.
    pub(crate) async fn answer<Fut>(
        &self,
        call: impl Fn(MfaAnswer) -> Fut,
    ) -> Result<Credentials, Error>
    where
        Fut: Future<Output = Result<Credentials, Error>>,
    {
        let mut challenge = MfaChallenge::first(self.serial.clone());
        loop {
            let code = self.codes.token_code(&challenge).await?;
            let answer = MfaAnswer { serial: self.serial.clone(), code: code.clone() };
            let outcome = call(answer).await.map_err(|error| without_secret(error, code.expose()));
            match outcome {
                Err(error)
                    if error.kind() == ErrorKind::MfaCodeRejected
                        // The rejected code may be that of the call that signs this one, which was never sent.
                        && !error.is_while_signing()
                        && challenge.attempt() < self.codes.attempts() =>
                {
                    challenge = challenge.after_rejection();
                }
                decided => return decided,
            }
        }
    }
}

impl fmt::Debug for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mfa").field("serial", &self.serial).finish_non_exhaustive()
    }
}
