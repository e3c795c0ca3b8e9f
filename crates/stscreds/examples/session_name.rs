//! A session name, which shows in CloudTrail, and credentials for 30 minutes.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::time::Duration;

use stscreds::core::Clock;
use stscreds::provider::{CallerIdentityClient, SessionDuration};
use stscreds::{AssumeRoleProvider, CredentialsProvider, StsClient};

use fake::{Outcome, PLAIN};

#[tokio::main]
async fn main() -> Outcome {
    let (_fake, sdk_config) = fake::start().await;
    let half_an_hour = Duration::from_secs(30 * 60);

    let provider = AssumeRoleProvider::builder(StsClient::new(&sdk_config), PLAIN.parse()?)
        .session_name("nightly-report".parse()?)
        .duration(SessionDuration::try_from(half_an_hour)?)
        .build();
    let credentials = provider.credentials().await?;

    let left = credentials.remaining_at(Clock::system().now()).unwrap_or_default();
    let sts = StsClient::signed_by(&sdk_config, credentials);
    let arn = sts.caller_identity().await?.arn().to_owned();
    println!("{arn} for {} more minutes", left.as_secs().div_ceil(60));
    assert!(arn.ends_with(":assumed-role/plain/nightly-report"));
    assert!(left <= half_an_hour && left > half_an_hour / 2);
    Ok(())
}
