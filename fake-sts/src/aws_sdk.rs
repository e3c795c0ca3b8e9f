//! A fake without a socket, for the AWS SDK for Rust: the only folder that names its types.

mod connector;
mod streamed;

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use aws_types::region::Region;

use self::connector::InMemory;
use crate::clock::Clock;
use crate::{Environment, FakeSts, UnknownUser};

impl FakeSts {
    /// A configuration for clients of the SDK that call this fake in memory, as the first user who has an active key.
    ///
    /// It has the fake's endpoint, a region that it takes, the user's credentials, the [HTTP client](Self::http_client), the virtual clock, and the
    /// sleep of tokio. Nothing in it opens a socket or reads the environment. In a world without such a user, what must be signed fails and says so.
    /// Under tokio's paused time
    /// (`#[tokio::test(start_paused = true)]`), an answer that is delayed by an hour takes no time at all.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use fake_sts::FakeSts;
    ///
    /// let sts = FakeSts::builder().without_socket()?;
    /// let client = aws_sdk_sts::Client::new(&sts.sdk_config());
    /// sts.clock().advance(Duration::from_secs(3600));
    ///
    /// let caller = client.get_caller_identity().send().await?;
    /// assert_eq!(caller.arn(), Some("arn:aws:iam::111122223333:user/alice"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        self.sdk_config_in(&self.environment())
    }

    /// The same as another user, by name or ARN.
    ///
    /// For nobody, take the credentials out again: `sts.sdk_config().into_builder()` and `set_credentials_provider(None)`.
    ///
    /// # Errors
    ///
    /// When there is no such user with an active access key.
    pub fn sdk_config_of(&self, user: &str) -> Result<SdkConfig, UnknownUser> {
        Ok(self.sdk_config_in(&self.environment_of(user)?))
    }

    /// An HTTP client that asks this fake, whatever the address.
    ///
    /// Configured limits on reading count as on a real connection. A fault that breaks a connection is an error of the connector.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(InMemory::new(self.router()))
    }

    fn sdk_config_in(&self, environment: &Environment) -> SdkConfig {
        let credentials = match environment.access_key() {
            Some(key) => SharedCredentialsProvider::new(Credentials::new(
                &key.id,
                &key.secret,
                None,
                None,
                "fake-sts",
            )),
            None => SharedCredentialsProvider::new(Nobody),
        };
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(environment.endpoint())
            .region(Region::new(environment.region().to_owned()))
            .http_client(self.http_client())
            .credentials_provider(credentials)
            .time_source(self.clock().clone())
            .sleep_impl(TokioSleep::new())
            .build()
    }
}

/// Stands for the keys of a world that has none. Calls that want no signature do not ask it.
#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded(
            "no user of this fake's world has an active access key to sign with; give one a key, with `User::generated_access_key()` or in the world \
             file, or take credentials of your own",
        )))
    }
}

/// Signatures and expiry follow the virtual clock.
impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        Self::now(self)
    }
}
