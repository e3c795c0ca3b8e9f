//! Session tags: Department=Finance, passed on to roles further down the chain, and
//! Environment=Production, which is not.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use fake_sts::world::Role;
use serde_json::json;
use stscreds::provider::{SessionTag, SessionTags};
use stscreds::{AssumeRoleProvider, CredentialsProvider, StsClient};

use fake::{Outcome, PLAIN};

const LEDGER: &str = "arn:aws:iam::111122223333:role/ledger";

#[tokio::main]
async fn main() -> Outcome {
    let only_finance = json!({"StringEquals": {"aws:PrincipalTag/Department": "Finance"}});
    let ledger = Role::new("ledger").trust_policy(fake::trust(PLAIN, &only_finance));
    let (fake, sdk_config) = fake::start_with(0, ledger).await?;

    let tags = SessionTags::new([
        SessionTag::new("Department", "Finance")?.transitive(),
        SessionTag::new("Environment", "Production")?,
    ])?;
    let tagged =
        AssumeRoleProvider::builder(StsClient::new(&sdk_config), PLAIN.parse()?).tags(tags).build();
    let sts = StsClient::signed_by(&sdk_config, tagged);
    let ledger = AssumeRoleProvider::builder(sts, LEDGER.parse()?).build();
    ledger.credentials().await?;

    let calls = fake.journal().calls();
    assert_eq!(calls[0].parameter("TransitiveTagKeys.member.1"), Some("Department"));
    println!("the ledger let Finance in: {}", calls[1].explanation());
    Ok(())
}
