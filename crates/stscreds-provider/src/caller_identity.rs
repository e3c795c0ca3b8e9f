mod client;
mod identity;

pub use self::client::CallerIdentityClient;
pub use self::identity::CallerIdentity;
