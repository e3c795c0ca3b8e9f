mod builder;
mod client;
mod provider;
mod request;

pub use self::builder::FederationTokenProviderBuilder;
pub use self::client::FederationTokenClient;
pub use self::provider::FederationTokenProvider;
pub use self::request::FederationTokenRequest;
