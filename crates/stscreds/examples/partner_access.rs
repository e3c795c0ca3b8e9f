//! Partner access: a role of account 444455556666 assumed from account 111122223333, with
//! each side seeing who came.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use stscreds::provider::CallerIdentityClient;
use stscreds::{AssumeRoleProvider, SdkCache, StsClient};

use fake::Outcome;

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let ours = StsClient::new(&sdk_config);
    println!("we are {}", ours.caller_identity().await?.arn());

    let partner = "arn:aws:iam::444455556666:role/partner".parse()?;
    let provider = AssumeRoleProvider::builder(ours, partner)
        .session_name("from-account-111122223333".parse()?)
        .build();
    let theirs = StsClient::signed_by(&sdk_config, SdkCache::new(provider));
    let identity = theirs.caller_identity().await?;
    identity.require_account("444455556666")?;
    println!("and there {}", identity.arn());

    let calls = fake.journal().calls();
    println!("the partner's log says: {}", calls[1]);
    assert!(identity.arn().ends_with("/partner/from-account-111122223333"));
    Ok(())
}
