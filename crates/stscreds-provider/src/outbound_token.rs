mod audience;
mod builder;
mod client;
mod duration;
mod provider;
mod request;
mod token;

pub use self::audience::TokenAudience;
pub use self::builder::OutboundTokenProviderBuilder;
pub use self::client::OutboundTokenClient;
pub use self::duration::OutboundTokenDuration;
pub use self::provider::OutboundTokenProvider;
pub use self::request::{OutboundTokenRequest, TokenAlgorithm};
pub use self::token::OutboundToken;
