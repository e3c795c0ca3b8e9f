//! Signature Version 4, verified.
//!
//! Pure: a request, a time and a secret go in, a verdict comes out. Knows neither accounts nor sockets. The steps and their order are those of the
//! real service, since the order decides which of several mistakes a client gets to see:
//!
//! 1. [`Rules::read`] checks everything that needs no key: the parts of the header or of the presigned query, the signed host, the date and its
//!    window, the credential and its scope.
//! 2. The caller of this module looks up the key that [`Presented::access_key_id`] names, and the session that [`Presented::token`] is.
//! 3. [`Presented::verify`] compares the signature, in constant time.
//!
//! ```
//! use fake_sts_model::identity::{Incoming, Rules};
//! use http::{HeaderMap, HeaderValue, header};
//!
//! let mut headers = HeaderMap::new();
//! headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
//! let unsigned = Incoming { method: "GET", path: "/", query: "Action=GetCallerIdentity&Version=2011-06-15", headers: &headers, body: b"" };
//!
//! let fault = Rules::sts().read(&unsigned, jiff::Timestamp::UNIX_EPOCH).unwrap_err();
//! assert_eq!(fault.to_string(), "Request is missing Authentication Token");
//! ```
//!
//! See [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

mod authorization;
mod canonical;
mod date;
mod fault;
mod parameters;
mod presented;
mod presigned;
mod read;
mod rules;
mod scope;
mod signature;

pub use self::canonical::Incoming;
pub use self::fault::AuthFault;
pub use self::presented::{Presented, SignatureMismatch};
pub use self::rules::{Dialect, Region, Rules, SignatureWindow, UnsignedPayload};
pub(crate) use self::signature::hmac_sha256;
