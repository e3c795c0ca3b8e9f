//! Assume a role, keep its credentials fresh, and use them with a client of the SDK.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use stscreds::{AssumeRoleProvider, SdkCache, StsClient};

use fake::{Outcome, PLAIN};

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;

    let provider = AssumeRoleProvider::builder(StsClient::new(&sdk_config), PLAIN.parse()?).build();
    let cache = SdkCache::new(provider);
    let client = aws_sdk_sts::Client::new(&cache.wired_into(&sdk_config));
    for _ in 0..3 {
        let identity = client.get_caller_identity().send().await?;
        println!("we are {}", identity.arn().unwrap_or("nobody"));
    }

    let assumed =
        fake.journal().calls().iter().filter(|call| call.operation == "AssumeRole").count();
    println!("three calls of the client took {assumed} call of AssumeRole");
    assert_eq!(assumed, 1);
    Ok(())
}
