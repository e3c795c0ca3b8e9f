use std::fmt;

use jiff::Timestamp;

use super::records::KeyRecord;
use super::{Caller, Directory, KeyStatus, Seal, TokenVersion};
use crate::identity::Presented;
use crate::switches::{InvalidTokenMessage, StrayToken, Switches};
use crate::wire::{ErrorCode, Refusal};

/// Finds out who signed a request, and compares the signature.
///
/// In this order, which decides what a client with several mistakes sees: an inactive key, a token that is missing, unreadable or bound to another
/// key, an expired session, a role or user that is gone, an unknown key, a wrong signature, a token that came along with long-term keys.
///
/// # Errors
///
/// The first of these, as STS words it.
pub fn identify(
    directory: &Directory,
    seal: &Seal,
    presented: &Presented,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    match directory.key(presented.access_key_id()) {
        Some(key) => long_term(directory, key, presented),
        None => temporary(directory, seal, presented, now),
    }
}

fn long_term(
    directory: &Directory,
    key: &KeyRecord,
    presented: &Presented,
) -> Result<Caller, Refusal> {
    if key.status == KeyStatus::Inactive {
        return Err(invalid_key("the access key is inactive"));
    }
    presented.verify(&key.secret)?;
    if presented.token().is_some() && directory.switches().stray_token == StrayToken::Refuse {
        return Err(invalid_key("a session token came along with a long-term access key"));
    }
    directory
        .caller_of_key(presented.access_key_id(), key)
        .ok_or_else(|| invalid_key("the account of the access key does not exist"))
}

fn temporary(
    directory: &Directory,
    seal: &Seal,
    presented: &Presented,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    let access_key_id = presented.access_key_id();
    let Some(token) = presented.token() else {
        return Err(invalid_key("no such long-term access key, and no session token with it"));
    };
    let invalid = |reason| invalid_token(directory.switches(), reason);
    let session = seal.open(token).map_err(|fault| invalid(fault.to_string()))?;
    if session.access_key_id != access_key_id {
        return Err(invalid(format!(
            "the session token belongs to access key {}",
            session.access_key_id
        )));
    }
    if session.token_version == TokenVersion::V1 && !is_enabled_by_default(presented.region()) {
        return Err(Refusal::new(ErrorCode::InvalidClientTokenId, INVALID.trim_end_matches('.'))
            .because(format!(
                "tokens of version 1, which sts.amazonaws.com issued, are not accepted in {}; use a regional endpoint, or set global_endpoint_token_version of the account to v2Token",
                presented.region()
            )));
    }
    if now.as_second() >= session.expires {
        let message = "The security token included in the request is expired";
        return Err(Refusal::new(ErrorCode::ExpiredToken, message));
    }
    let Some(caller) = directory.caller_of_session(session) else {
        return Err(invalid(
            "the role or user that the session was issued for does not exist any more".to_owned(),
        ));
    };
    presented.verify(&seal.secret_of(access_key_id))?;
    Ok(caller)
}

fn invalid_key(reason: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidClientTokenId, INVALID).because(reason)
}

/// The answer to a session token that is not accepted.
pub fn invalid_token(switches: &Switches, reason: impl fmt::Display) -> Refusal {
    let message = match switches.invalid_token_message {
        InvalidTokenMessage::WithFullStop => INVALID,
        InvalidTokenMessage::Older => INVALID.trim_end_matches('.'),
    };
    Refusal::new(ErrorCode::InvalidClientTokenId, message).because(reason)
}

const INVALID: &str = "The security token included in the request is invalid.";

/// Whether no account has to opt in to a region.
///
/// See [the regions](https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html).
fn is_enabled_by_default(region: &str) -> bool {
    ENABLED_BY_DEFAULT.contains(&region)
}

const ENABLED_BY_DEFAULT: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
