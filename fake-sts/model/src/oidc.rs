//! OpenID Connect: verifying web identity tokens as STS does, and issuing tokens of every kind a test needs.
//!
//! Verifying takes two steps, because the issuer a token names decides which keys it is checked against: [`Token::parse`] reads the shape and the
//! issuer, [`Token::verify`] checks signature, times and audience. Every failure is a [`TokenFault`] that knows the code and message STS
//! answers with.
//!
//! - [`KeySet`] holds public keys: read from a JWKS document, or those of the built-in [`Issuer`].
//! - [`Issuer`] signs with real keys, generated once per process and only when the first token needs them.
//! - [`TokenBuilder`] mints tokens, good ones and [`Broken`] ones, in the shapes of well-known issuers.
//!
//! Signatures are RS256, RS384, RS512, ES256, ES384 and ES512, the algorithms that
//! [STS accepts](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).

mod algorithm;
mod broken;
mod builder;
mod condition_keys;
mod fault;
mod fetch_fault;
mod issuer;
mod issuer_url;
mod key_fault;
mod key_set;
mod mint_error;
mod roles_claim;
mod rules;
mod session_claims;
mod shape;
mod signing_key;
mod token;
mod verified;

pub use self::algorithm::Algorithm;
pub use self::broken::{Broken, UnknownBroken};
pub use self::builder::TokenBuilder;
pub use self::condition_keys::{ClaimKeys, condition_keys};
pub use self::fault::TokenFault;
pub use self::fetch_fault::FetchFault;
pub use self::issuer::{BUILT_IN_ISSUER, Issuer};
pub use self::issuer_url::with_scheme;
pub use self::key_fault::KeyFault;
pub use self::key_set::{KeySet, KeySetError};
pub use self::mint_error::MintError;
pub use self::roles_claim::AuthorizedRoles;
pub use self::rules::{AudienceMessage, Rules, SeveralAudiences};
pub use self::session_claims::SessionClaims;
#[cfg(feature = "saml")]
pub(crate) use self::signing_key::SigningKey;
pub use self::token::Token;
pub use self::verified::VerifiedToken;
