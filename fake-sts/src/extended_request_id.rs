use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::action::Endpoint;

/// The id by which AWS support finds a call: base64 of `1:<region>:S:<milliseconds>:<R or G>:<8 letters and digits>`.
///
/// Its last part follows from the request id, so that the header of the response and the record of the call have the same one.
pub(crate) fn extended_request_id(
    request_id: &str,
    region: &str,
    endpoint: Endpoint,
    now: Timestamp,
) -> String {
    let kind = match endpoint {
        Endpoint::Regional => 'R',
        Endpoint::Global => 'G',
    };
    let hash = Sha256::digest(request_id);
    let suffix = hash.iter().take(8).map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
    let suffix = suffix.collect::<String>();
    STANDARD.encode(format!("1:{region}:S:{}:{kind}:{suffix}", now.as_millisecond()))
}

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
