mod builder;
mod client;
mod provider;
mod request;

pub use self::builder::SamlRoleProviderBuilder;
pub use self::client::AssumeRoleWithSamlClient;
pub use self::provider::SamlRoleProvider;
pub use self::request::AssumeRoleWithSamlRequest;
