//! Assume a role and keep its credentials fresh, without the AWS SDK.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::FakeSts;
use stscreds_cache::CredentialsCache;
use stscreds_http::StsHttpClient;
use stscreds_provider::{AssumeRoleProvider, CallerIdentityClient};

use fake::{Outcome, PLAIN};

#[tokio::main]
async fn main() -> Outcome {
    let fake = FakeSts::start().await;

    let sts = StsHttpClient::new(fake::endpoint(&fake)?, fake::keys());
    println!("we are {}", sts.caller_identity().await?.arn());

    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse()?).build();
    let cache = CredentialsCache::new(provider);
    for _ in 0..3 {
        cache.credentials().await?;
    }
    println!("three uses took {} call of AssumeRole", fake.journal().calls().len() - 1);

    let as_the_role = StsHttpClient::new(fake::endpoint(&fake)?, cache);
    println!("then we are {}", as_the_role.caller_identity().await?.arn());
    Ok(())
}
