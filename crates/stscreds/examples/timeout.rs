//! Ten seconds and not more for a call, whatever happens to STS. Whoever gives up harms
//! nobody else: what the cache has begun goes on.

#![allow(clippy::print_stdout, reason = "an example speaks")]

#[path = "embedded/fake.rs"]
mod fake;

use std::time::Duration;

use stscreds::{AssumeRoleProvider, SdkCache, StsClient};
use tokio::net::TcpListener;
use tokio::time::timeout;

use fake::{Outcome, PLAIN};

#[tokio::main]
async fn main() -> Outcome {
    let (_fake, sdk_config) = fake::start().await;
    let cache = |config| -> Result<_, stscreds::Error> {
        let sts = StsClient::new(config);
        Ok(SdkCache::new(AssumeRoleProvider::builder(sts, PLAIN.parse()?).build()))
    };

    let credentials = timeout(Duration::from_secs(10), cache(&sdk_config)?.credentials()).await??;
    println!("in time: {}", credentials.access_key_id());

    // Somebody who listens and never says a word. Ten seconds would be long to watch.
    let silent = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", silent.local_addr()?);
    let silence = sdk_config.to_builder().endpoint_url(endpoint).build();
    let given_up = timeout(Duration::from_millis(100), cache(&silence)?.credentials()).await;
    println!("from an STS that is silent: {given_up:?}");
    assert!(given_up.is_err());
    Ok(())
}
