mod builder;
mod client;
mod provider;
mod request;

pub use self::builder::{ExpiryCheck, WebIdentityRoleProviderBuilder};
pub use self::client::AssumeRoleWithWebIdentityClient;
pub use self::provider::WebIdentityRoleProvider;
pub use self::request::AssumeRoleWithWebIdentityRequest;
