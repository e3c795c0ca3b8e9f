//! The SDK's own default configuration, with credentials that our cache keeps fresh: every
//! client made from it shares them.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use aws_config::{BehaviorVersion, Region};
use stscreds::{AssumeRoleProvider, SdkCache, StsClient};

use fake::{Outcome, PLAIN};

#[tokio::main]
async fn main() -> Outcome {
    let (fake, ours) = fake::start().await;
    // Keys, region and endpoint would come from environment and profile.
    let defaults = aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(ours.credentials_provider().ok_or("alice has keys")?)
        .region(Region::new("eu-central-1"))
        .endpoint_url(fake.uri())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .load()
        .await;

    let role = AssumeRoleProvider::builder(StsClient::new(&defaults), PLAIN.parse()?).build();
    let config = SdkCache::new(role).wired_into(&defaults);
    for _ in 0..2 {
        let client = aws_sdk_sts::Client::new(&config);
        let identity = client.get_caller_identity().send().await?;
        println!("a new client, still {}", identity.arn().unwrap_or("nobody"));
    }

    let calls = fake.journal().calls();
    assert_eq!(calls.iter().filter(|call| call.operation == "AssumeRole").count(), 1);
    Ok(())
}
