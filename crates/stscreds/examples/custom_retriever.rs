//! Identity tokens from a retriever of one's own. A closure would do; a type has a name.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use async_trait::async_trait;
use fake_sts::BuiltInIssuer;
use stscreds::token::{IdentityToken, IdentityTokenRetriever};
use stscreds::{CredentialsProvider, Error, StsClient, WebIdentityRoleProvider};

use fake::Outcome;

/// Asks the company's identity provider, which knows who sits at this machine.
struct CompanyLogin {
    issuer: BuiltInIssuer,
}

#[async_trait]
impl IdentityTokenRetriever for CompanyLogin {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        IdentityToken::parse(self.issuer.token().subject("carol").mint())
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;

    let web = "arn:aws:iam::111122223333:role/web".parse()?;
    let login = CompanyLogin { issuer: fake.issuer() };
    let provider =
        WebIdentityRoleProvider::builder(StsClient::new(&sdk_config), web, login).build();
    let credentials = provider.credentials().await?;

    println!("{} for carol", credentials.access_key_id());
    assert_eq!(credentials.provider_name(), "WebIdentityCredentials");
    Ok(())
}
