//! SAML 2.0: verifying assertions as STS does, and issuing assertions of every kind a test needs.
//!
//! - [`Metadata`] is what an account knows of an identity provider: its entity id and certificates.
//! - [`verify`] checks a `samlp:Response` against it and yields the [`Assertion`], or a [`SamlFault`] that knows the code and message STS answers
//!   with.
//! - [`IdentityProvider`] is built in: it has a real key and certificate, and its [`AssertionBuilder`] issues good assertions and [`Broken`] ones.
//!
//! Signatures are those of [XML Signature](https://www.w3.org/TR/xmldsig-core1/) with
//! [exclusive canonicalization](https://www.w3.org/TR/xml-exc-c14n/) and RSA. Only what is inside of the signed element is ever read, and the
//! document must leave no doubt which element that is: see `signature` for the rules against signature wrapping.

mod algorithm;
mod assertion;
mod attributes;
mod broken;
mod builder;
mod canonical;
mod certificate;
mod condition_keys;
mod document;
mod fault;
mod identity_provider;
mod metadata;
mod response;
mod signature;

pub use self::assertion::Assertion;
pub use self::broken::Broken;
pub use self::builder::AssertionBuilder;
pub use self::condition_keys::condition_keys;
pub use self::fault::SamlFault;
pub use self::identity_provider::IdentityProvider;
pub use self::metadata::{Metadata, MetadataError};
pub use self::response::verify;
