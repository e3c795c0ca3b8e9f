mod builder;
mod client;
mod provider;
mod request;

pub use self::builder::AssumeRoleProviderBuilder;
pub use self::client::AssumeRoleClient;
pub use self::provider::AssumeRoleProvider;
pub use self::request::AssumeRoleRequest;
