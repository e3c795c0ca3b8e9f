//! A role of another account that wants an external id, and what is told without it.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::world::Role;
use serde_json::json;
use stscreds::{AssumeRoleProvider, CredentialsProvider, ErrorKind, StsClient};

use fake::Outcome;

#[tokio::main]
async fn main() -> Outcome {
    let with_our_id = json!({"StringEquals": {"sts:ExternalId": "partner-7"}});
    let vendor = Role::new("vendor").trust_policy(fake::trust("111122223333", &with_our_id));
    let (_fake, sdk_config) = fake::start_with(1, vendor).await?;
    let vendor = "arn:aws:iam::444455556666:role/vendor";

    let sts = StsClient::new(&sdk_config);
    let provider = AssumeRoleProvider::builder(sts.clone(), vendor.parse()?)
        .external_id("partner-7".parse()?)
        .build();
    let credentials = provider.credentials().await?;
    println!("we act in account {}", credentials.account_id().unwrap_or("?"));
    assert_eq!(credentials.account_id(), Some("444455556666"));

    let forgotten = AssumeRoleProvider::builder(sts, vendor.parse()?).build();
    let error = forgotten.credentials().await.err().ok_or("this should have been denied")?;
    println!("without the id: {error}");
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    Ok(())
}
