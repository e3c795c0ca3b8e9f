//! A role assumed from a role, with a cache for each hop, and the hour that STS grants to
//! such sessions at most.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::time::Duration;

use fake_sts::world::Role;
use serde_json::json;
use stscreds::provider::SessionDuration;
use stscreds::{AssumeRoleProvider, CredentialsCache, CredentialsProvider, ErrorKind, StsClient};

use fake::{Outcome, PLAIN};

#[tokio::main]
async fn main() -> Outcome {
    let vault = Role::new("vault")
        .trust_policy(fake::trust(PLAIN, &json!({})))
        .max_session_duration(Duration::from_secs(4 * 60 * 60));
    let (fake, sdk_config) = fake::start_with(0, vault).await?;
    let vault = "arn:aws:iam::111122223333:role/vault";

    let first = AssumeRoleProvider::builder(StsClient::new(&sdk_config), PLAIN.parse()?).build();
    let sts = StsClient::signed_by(&sdk_config, CredentialsCache::new(first));
    let second = AssumeRoleProvider::builder(sts.clone(), vault.parse()?).build();
    let cache = CredentialsCache::new(second);
    for _ in 0..3 {
        cache.credentials().await?;
    }
    println!("{:?} in {} calls", cache.provider_sources(), fake.journal().calls().len());
    assert_eq!(fake.journal().calls().len(), 2);

    let two_hours = SessionDuration::hours::<2>();
    let long = AssumeRoleProvider::builder(sts, vault.parse()?).duration(two_hours).build();
    let error = long.credentials().await.err().ok_or("this should have been refused")?;
    println!("for two hours: {error}");
    assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
    Ok(())
}
