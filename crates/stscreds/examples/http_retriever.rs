//! Identity tokens over HTTP: of GitHub Actions, and of any other URL.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use axum::Router;
use axum::routing::get;
use stscreds::token::{IdentityTokenGitHubActions, IdentityTokenRetriever, IdentityTokenUrl};
use stscreds::{CredentialsProvider, StsClient, WebIdentityRoleProvider};

use fake::Outcome;

/// Hands out tokens as GitHub does, in JSON, and as they are.
async fn serve(
    mint: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> std::io::Result<String> {
    let in_json = mint.clone();
    let router = Router::new()
        .route("/github", get(async move || format!(r#"{{"value": "{}"}}"#, in_json())))
        .route("/plain", get(async move || mint()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(endpoint)
}

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start().await;
    let issuer = fake.issuer();
    let endpoint = serve(move || issuer.token().subject("repo:octo/app").mint()).await?;

    // In a job of GitHub Actions, `IdentityTokenGitHubActions::new()` finds both by itself.
    let github =
        IdentityTokenGitHubActions::with_request(format!("{endpoint}/github?v=2"), "request token");
    let plain = IdentityTokenUrl::new(format!("{endpoint}/plain"))?.header("x-purpose", "aws")?;

    for retriever in [Box::new(github) as Box<dyn IdentityTokenRetriever>, Box::new(plain)] {
        let token = retriever.identity_token().await?;
        let web = "arn:aws:iam::111122223333:role/web".parse()?;
        let provider =
            WebIdentityRoleProvider::builder(StsClient::new(&sdk_config), web, token).build();
        println!("assumed a role: {}", provider.credentials().await?.access_key_id());
    }
    Ok(())
}
