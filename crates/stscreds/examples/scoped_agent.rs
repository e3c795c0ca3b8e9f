//! An agent that is trusted less: credentials of the program's own session, without
//! another role, that may read one folder for twenty minutes.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata;
use fake_sts::FakeSts;
use fake_sts::world::Role;
use serde_json::json;
use stscreds::provider::{ScopedCredentialsProvider, ScopedLifetime};
use stscreds::{AssumeRoleProvider, CredentialsCache, SdkCache, StsClient};

use fake::Outcome;

const WORKER: &str = "arn:aws:iam::111122223333:role/worker";

#[tokio::main]
async fn main() -> Outcome {
    let (fake, sdk_config) = fake::start_with(0, worker()).await?;

    // The program's own credentials. They must be temporary, and are kept fresh.
    let role = AssumeRoleProvider::builder(StsClient::new(&sdk_config), WORKER.parse()?).build();
    let own = CredentialsCache::new(role);

    // The agent's: the same session, cut down to reading one folder.
    let read_inbox = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/inbox/*"}]}"#;
    let twenty_minutes = Duration::from_secs(20 * 60).try_into()?;
    let sts = StsClient::signed_by(&sdk_config, own.clone());
    let agent = ScopedCredentialsProvider::with_policy(sts, read_inbox.parse()?)
        .lifetime(ScopedLifetime::AtMost(twenty_minutes))
        .description("agent run 7".parse()?)
        .build();

    let own = s3(&fake, &sdk_config, &SdkCache::new(own));
    let agent = s3(&fake, &sdk_config, &SdkCache::new(agent));
    let write = |s3: &aws_sdk_s3::Client| {
        s3.put_object().bucket("files").key("inbox/task").body(b"hello".to_vec().into())
    };
    write(&own).send().await?;
    agent.get_object().bucket("files").key("inbox/task").send().await?;
    println!("the agent may read its inbox");
    let denied = write(&agent).send().await.err().ok_or("this should have been denied")?;
    println!("and may not write: {}", denied.code().unwrap_or("no code"));
    Ok(())
}

/// A role that may do everything with S3, and make credentials that may do less.
fn worker() -> Role {
    let may_work = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "sts:GetScopedCredentials"], "Resource": "*"}]});
    Role::new("worker")
        .trust_policy(fake::trust("111122223333", &json!({})))
        .policy("may-work", may_work)
}

/// A client of the fake's object store.
fn s3(fake: &FakeSts, config: &aws_types::SdkConfig, cache: &SdkCache) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config)
        .endpoint_url(format!("{}/_fake-sts/resource/s3/", fake.uri()))
        .force_path_style(true)
        .credentials_provider(cache.clone())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}
