//! A web identity from a file that somebody else keeps fresh, as Kubernetes does.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use stscreds::{CredentialsProvider, IdentityTokenFile, StsClient, WebIdentityRoleProvider};

use fake::Outcome;

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("token");

    let web = "arn:aws:iam::111122223333:role/web".parse()?;
    let retriever = IdentityTokenFile::new(&path);
    let provider =
        WebIdentityRoleProvider::builder(StsClient::new(&sdk_config), web, retriever).build();

    std::fs::write(&path, fake.issuer().token().subject("pod-1").mint())?;
    let first = provider.credentials().await?;
    std::fs::write(&path, fake.issuer().token().subject("pod-1").mint())?;
    let second = provider.credentials().await?;

    println!("{} with the first token", first.access_key_id());
    println!("{} with the rotated one", second.access_key_id());
    assert_ne!(first.access_key_id(), second.access_key_id());
    Ok(())
}
