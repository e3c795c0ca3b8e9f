//! An answer of STS on its way through the SDK and our provider.
//!
//! The HTTP client is this test's and wipes its buffer: what hyper and the kernel keep is not
//! ours to wipe, and would hide what is.

use std::fmt;
use std::sync::Arc;

use aws_sdk_sts::config::{
    BehaviorVersion, Credentials as Keys, Region, SharedCredentialsProvider,
};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use axum::body::Bytes;
use stscreds_aws_sdk::{SdkCache, StsClient};
use stscreds_core::CredentialsProvider;
use stscreds_provider::{AssumeRoleProvider, WebIdentityRoleProvider};
use stscreds_token::IdentityToken;
use zeroize::Zeroizing;

use crate::planted::Planted;

struct Sts {
    secret: Planted,
    token: Planted,
    operation: &'static str,
}

impl Sts {
    fn answer(&self) -> Bytes {
        let mut text = Zeroizing::new(String::with_capacity(8192));
        let Self { secret, token, operation } = self;
        for part in ["<", operation, "Response><", operation, "Result><Credentials>"] {
            text.push_str(part);
        }
        text.push_str("<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>");
        secret.write_to(&mut text);
        text.push_str("</SecretAccessKey><SessionToken>");
        token.write_to(&mut text);
        text.push_str("</SessionToken><Expiration>2040-01-01T00:00:00Z</Expiration></Credentials>");
        for part in ["</", operation, "Result></", operation, "Response>"] {
            text.push_str(part);
        }
        Bytes::from_owner(Wiped(text))
    }
}

struct Wiped(Zeroizing<String>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[derive(Clone)]
struct Connector(Arc<Sts>);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let body = SdkBody::from(self.0.answer());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), body)))
    }
}

fn sts(operation: &'static str) -> (Arc<Sts>, StsClient) {
    let sts = Arc::new(Sts { secret: Planted::new(300), token: Planted::new(900), operation });
    let connector = SharedHttpConnector::new(Connector(Arc::clone(&sts)));
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url("http://localhost")
        .region(Region::new("eu-central-1"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .credentials_provider(SharedCredentialsProvider::new(Keys::new(
            "AKIA", "s", None, None, "",
        )))
        .build();
    (sts, StsClient::new(&config))
}

async fn check(sts: Arc<Sts>, provider: impl CredentialsProvider + 'static) {
    let credentials = provider.credentials().await.unwrap();
    assert_eq!((sts.secret.copies(), sts.token.copies()), (1, 1), "in the credentials");
    drop(credentials);
    assert_eq!((sts.secret.copies(), sts.token.copies()), (0, 0));

    let cache = SdkCache::new(provider);
    cache.credentials().await.unwrap();
    assert_eq!((sts.secret.copies(), sts.token.copies()), (2, 2), "ours and the SDK's");
    drop(cache);
    tokio::task::yield_now().await;
    assert_eq!((sts.secret.copies(), sts.token.copies()), (0, 0));
}

#[tokio::test]
async fn the_answer_to_assume_role_is_gone_with_its_credentials() {
    let (sts, client) = sts("AssumeRole");
    let role = "arn:aws:iam::111122223333:role/deploy".parse().unwrap();

    check(sts, AssumeRoleProvider::builder(client, role).build()).await;
}

#[tokio::test]
async fn the_answer_to_a_web_identity_is_gone_with_its_credentials() {
    let (sts, client) = sts("AssumeRoleWithWebIdentity");
    let role = "arn:aws:iam::111122223333:role/deploy".parse().unwrap();
    let token = IdentityToken::parse("opaque").unwrap();

    check(sts, WebIdentityRoleProvider::builder(client, role, token).build()).await;
}
