//! Who are we? A check at start-up that credentials, clock, network and account are right,
//! before the first request of a user finds out.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use stscreds::provider::CallerIdentityClient;
use stscreds::{ErrorKind, StsClient};

use fake::Outcome;

#[tokio::main]
async fn main() -> Outcome {
    let (_fake, sdk_config) = fake::start().await;

    let identity = StsClient::new(&sdk_config).caller_identity().await?;
    println!("account  {}", identity.account());
    println!("arn      {}", identity.arn());
    println!("user id  {}", identity.user_id());
    identity.require_account("111122223333")?;

    let wrong = identity.require_account("999988887777").err().ok_or("another account")?;
    println!("elsewhere: {wrong}");
    assert_eq!(wrong.kind(), ErrorKind::InvalidConfiguration);
    Ok(())
}
