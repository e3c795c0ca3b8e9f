mod builder;
mod client;
mod provider;
mod request;

pub use self::builder::SessionTokenProviderBuilder;
pub use self::client::SessionTokenClient;
pub use self::provider::SessionTokenProvider;
pub use self::request::SessionTokenRequest;
