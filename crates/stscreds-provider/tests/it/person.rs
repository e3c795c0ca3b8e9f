use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use stscreds_core::Error;
use stscreds_token::{MfaChallenge, MfaCode, MfaReason, MfaTokenProvider};

pub const WRONG_CODE: &str =
    "MultiFactorAuthentication failed with invalid MFA one time pass code.";

/// Gives codes in their order, up to three while they are rejected, and notes what
/// was asked.
pub struct Person {
    codes: Mutex<Vec<&'static str>>,
    asked: Asked,
}

/// The attempt and the reason of each question.
pub type Asked = Arc<Mutex<Vec<(u32, MfaReason)>>>;

impl Person {
    pub fn with<const N: usize>(codes: [&'static str; N]) -> Self {
        Self { codes: Mutex::new(codes.into()), asked: Arc::default() }
    }

    pub fn asked(&self) -> Asked {
        Arc::clone(&self.asked)
    }
}

#[async_trait]
impl MfaTokenProvider for Person {
    async fn token_code(&self, challenge: &MfaChallenge) -> Result<MfaCode, Error> {
        self.asked.lock().unwrap().push((challenge.attempt(), challenge.reason()));
        MfaCode::parse(self.codes.lock().unwrap().remove(0))
    }

    fn attempts(&self) -> u32 {
        3
    }
}
