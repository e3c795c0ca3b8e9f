//! One MFA code in the morning, sessions all day: `GetSessionToken` for 12 hours, and
//! roles that want MFA assumed with it.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::sync::Arc;

use stscreds::provider::{SessionTokenProvider, UserSessionDuration};
use stscreds::{AssumeRoleProvider, CredentialsCache, CredentialsProvider, MfaCode, StsClient};

use fake::{ALICES_DEVICE, NEEDS_MFA, Outcome};

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let device = Arc::new(fake);
    let shown = Arc::clone(&device);
    let codes = move |_| {
        let code = shown.totp_code(ALICES_DEVICE).unwrap_or_default();
        async { MfaCode::parse(code) }
    };

    let twelve_hours = UserSessionDuration::hours::<12>();
    let session = SessionTokenProvider::builder(StsClient::new(&sdk_config))
        .duration(twelve_hours)
        .mfa(ALICES_DEVICE.parse()?, codes)
        .build();
    let sts = StsClient::signed_by(&sdk_config, CredentialsCache::new(session));
    let role = AssumeRoleProvider::builder(sts, NEEDS_MFA.parse()?).build();
    for _ in 0..3 {
        println!("assumed a role that needs MFA: {}", role.credentials().await?.access_key_id());
    }
    println!("by way of {:?}", role.provider_sources());

    let calls = device.journal().calls();
    let codes = calls.iter().filter(|call| call.parameter("SerialNumber").is_some()).count();
    println!("{} calls took {codes} code", calls.len());
    assert_eq!((calls.len(), codes), (4, 1));
    Ok(())
}
