//! MFA from a person at the terminal: not shown, not on standard output, and no time
//! limit hurries them. What is typed is read from standard input if there is no terminal.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use stscreds::{AssumeRoleProvider, CredentialsProvider, MfaPrompt, StsClient};

use fake::{ALICES_DEVICE, NEEDS_MFA, Outcome};

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    println!("alice's device shows {}", fake.totp_code(ALICES_DEVICE)?);

    let provider = AssumeRoleProvider::builder(StsClient::new(&sdk_config), NEEDS_MFA.parse()?)
        .mfa(ALICES_DEVICE.parse()?, MfaPrompt::new())
        .build();
    let credentials = provider.credentials().await?;

    println!("assumed a role that needs MFA: {}", credentials.access_key_id());
    Ok(())
}
