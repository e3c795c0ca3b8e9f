//! A pod of Kubernetes on EKS: role and token file by the environment, and nothing to
//! configure.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake::Outcome;
use stscreds::aws_sdk::{Environment, ProfileLoader, Profiles};
use stscreds::{CredentialsProvider, SdkCache};

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let folder = tempfile::tempdir()?;
    let token = folder.path().join("token");
    std::fs::write(
        &token,
        fake.issuer().token().subject("system:serviceaccount:shop:cart").mint(),
    )?;

    // `ProfileLoader::from_env()` reads the variables that EKS sets.
    let environment: Environment = [
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().ok_or("a path that is no text")?),
        ("AWS_ROLE_SESSION_NAME", "cart"),
        ("AWS_REGION", "eu-central-1"),
    ]
    .into_iter()
    .collect();
    let pod = ProfileLoader::new(Profiles::default(), environment).load(&sdk_config)?;

    let cache = SdkCache::new(pod);
    let credentials = cache.credentials().await?;
    println!("{} by {:?}", credentials.access_key_id(), cache.provider_sources());
    assert_eq!(fake.journal().calls()[0].parameter("RoleSessionName"), Some("cart"));
    Ok(())
}
