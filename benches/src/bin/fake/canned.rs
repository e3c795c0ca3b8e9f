use std::net::Ipv4Addr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;

/// Serves the same answer to everybody, which is the most that any fake on these crates can reach.
pub(crate) fn serve(port: u16) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|error| error.to_string())?;
        let router =
            Router::new().route("/", post(|| async { ([(CONTENT_TYPE, "text/xml")], ANSWER) }));
        axum::serve(listener, router).await.map_err(|error| error.to_string())
    })
}

/// As long as a real one.
const ANSWER: &str = concat!(
    r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROARTX3GSDSQEXAMPLE0:load</AssumedRoleId>
      <Arn>arn:aws:sts::111122223333:assumed-role/plain/load</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIARTX3GSDSQEXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>
      <SessionToken>"#,
    "IQoJb3JpZ2luX2VjEAAaCXVzLWVhc3QtMSJHMEUCIQDexampleexampleexampleexampleexampleexampleexampleexa",
    "mpleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexample",
    "mpleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexample",
    r"</SessionToken>
      <Expiration>2030-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>00000000-0000-4000-8000-000000000000</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>
",
);
