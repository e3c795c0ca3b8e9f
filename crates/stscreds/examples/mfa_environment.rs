//! MFA from an environment variable, for one call: STS takes each code once.
//!
//! With the variable: `AWS_MFA_CODE=123456 cargo run -p stscreds --example mfa_environment`.
//! Without it, this starts itself again with the code that alice's device shows.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::process::Command;

use stscreds::token::MfaEnvironment;
use stscreds::{AssumeRoleProvider, CredentialsProvider, StsClient};

use fake::{ALICES_DEVICE, NEEDS_MFA, Outcome};

const VARIABLE: &str = "AWS_MFA_CODE";

#[expect(clippy::disallowed_methods, reason = "to know whether there is something to show")]
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    if !is_set(VARIABLE) {
        let code = fake.totp_code(ALICES_DEVICE)?;
        let status = Command::new(std::env::current_exe()?).env(VARIABLE, code).status()?;
        return if status.success() { Ok(()) } else { Err(status.to_string().into()) };
    }

    let provider = AssumeRoleProvider::builder(StsClient::new(&sdk_config), NEEDS_MFA.parse()?)
        .mfa(ALICES_DEVICE.parse()?, MfaEnvironment::new(VARIABLE))
        .build();
    let credentials = provider.credentials().await?;

    println!("assumed a role that needs MFA: {}", credentials.access_key_id());
    Ok(())
}
