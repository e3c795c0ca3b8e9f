//! Scoped credentials at a service: the AWS SDK's S3 client at the fake's object store.

use aws_sdk_s3::error::ProvideErrorMetadata;
use serde_json::json;
use stscreds_aws_sdk::SdkProvider;
use stscreds_cache::CredentialsCache;
use stscreds_provider::{ScopedCredentialsProvider, ScopedPolicy};

use crate::stage::{Stage, WORKER};

fn s3(stage: &Stage, credentials: CredentialsCache) -> aws_sdk_s3::Client {
    let config = stage.sdk_config();
    let config = aws_sdk_s3::config::Builder::from(&config)
        .endpoint_url(format!("{}/_fake-sts/resource/s3/", stage.fake.uri()))
        .force_path_style(true)
        .credentials_provider(SdkProvider::new(credentials))
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

#[tokio::test]
async fn a_child_that_may_read_reads_and_is_denied_to_write() {
    let stage = Stage::set().await;
    let role = stage.assume(WORKER).build();
    let parent = CredentialsCache::builder(role).clock(stage.clock()).build();
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/mine/*"}]});
    let policy = policy.to_string().parse::<ScopedPolicy>().unwrap();
    let sts = stage.signed_by(parent.clone());
    let child = ScopedCredentialsProvider::with_policy(sts, policy).clock(stage.clock()).build();
    let child = CredentialsCache::builder(child).clock(stage.clock()).build();

    let whole = s3(&stage, parent);
    whole
        .put_object()
        .bucket("logs")
        .key("mine/a")
        .body("1".as_bytes().to_vec().into())
        .send()
        .await
        .unwrap();
    let narrow = s3(&stage, child);
    let read = narrow.get_object().bucket("logs").key("mine/a").send().await.unwrap();
    let body = read.body.collect().await.unwrap().into_bytes();
    let write = narrow.put_object().bucket("logs").key("mine/a").send().await.unwrap_err();
    let other = narrow.get_object().bucket("logs").key("other").send().await.unwrap_err();

    assert_eq!(&body[..], b"1");
    assert_eq!(write.code(), Some("AccessDenied"));
    assert_eq!(other.code(), Some("AccessDenied"));
    let denied = stage
        .calls()
        .into_iter()
        .find(|call| call.operation == "s3:PutObject" && call.status == 403);
    let why = denied.unwrap().explanation();
    assert!(why.contains("scope-down policy 1 does not allow it"), "{why}");
}
