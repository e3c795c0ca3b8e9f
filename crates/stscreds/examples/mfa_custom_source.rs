//! MFA from a source of one's own: anything async that yields a code. It is told whose
//! code is wanted, which attempt this is, and why it is asked.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::sync::Arc;

use stscreds::token::MfaChallenge;
use stscreds::{AssumeRoleProvider, CredentialsProvider, Error, ErrorKind, MfaCode, StsClient};

use fake::{ALICES_DEVICE, NEEDS_MFA, Outcome};

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let phone = Arc::new(fake);

    let ask_the_phone = move |challenge: MfaChallenge| {
        let shown = phone.totp_code(challenge.serial().as_str());
        async move {
            println!("a code of {} is {}", challenge.serial(), challenge.reason());
            let no_code = |cause| {
                Error::new(ErrorKind::MfaCodeUnavailable, "the phone is off").with_source(cause)
            };
            MfaCode::parse(shown.map_err(no_code)?)
        }
    };
    let provider = AssumeRoleProvider::builder(StsClient::new(&sdk_config), NEEDS_MFA.parse()?)
        .mfa(ALICES_DEVICE.parse()?, ask_the_phone)
        .build();
    let credentials = provider.credentials().await?;

    println!("assumed a role that needs MFA: {}", credentials.access_key_id());
    Ok(())
}
