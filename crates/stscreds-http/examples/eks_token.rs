//! The bearer token of an EKS cluster, as `aws eks get-token` prints it.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::FakeSts;
use stscreds_http::StsHttpClient;

use fake::Outcome;

#[tokio::main]
async fn main() -> Outcome {
    let fake = FakeSts::start().await;
    let sts = StsHttpClient::new(fake::endpoint(&fake)?, fake::keys());

    let (token, expires_at) = sts.eks_token("my-cluster").await?;

    // The whole token is a secret; this is how each begins.
    println!("{}.. until {expires_at}", &token.expose()[..11]);
    Ok(())
}
