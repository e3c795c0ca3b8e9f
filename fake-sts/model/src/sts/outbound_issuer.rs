//! The issuer of the tokens that `GetWebIdentityToken` hands out.

use serde_json::{Value, json};

use crate::oidc::{Issuer, KeySet};
use crate::world::{AccountId, Seal};

/// The issuer of an account's tokens. The same for all servers with the same session key.
pub fn issuer_url(seal: &Seal, account: AccountId) -> String {
    let uuid =
        uuid::Builder::from_random_bytes(seal.bytes_for(&format!("issuer {account}"))).into_uuid();
    format!("https://{uuid}{OUTBOUND_ISSUERS}")
}

/// What the host names of all issuers end with.
pub const OUTBOUND_ISSUERS: &str = ".tokens.sts.global.api.aws";

/// What an issuer serves at a path, if there is anything: its discovery document and its keys.
///
/// As recorded in September 2026. AWS serves both also while the account has the feature off.
#[must_use]
pub fn outbound_document(issuer: &str, path: &str) -> Option<Value> {
    match path {
        Issuer::DISCOVERY_PATH => Some(json!({
            "claims_supported":
                ["sub", "iss", "aud", "exp", "iat", "jti", "https://sts.amazonaws.com/"],
            "id_token_signing_alg_values_supported": ["RS256", "ES384"],
            "issuer": issuer,
            "jwks_uri": format!("{issuer}{}", Issuer::JWKS_PATH),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
        })),
        Issuer::JWKS_PATH => {
            let keys = KeySet::built_in().to_value();
            let keys = keys.get("keys").and_then(Value::as_array).into_iter().flatten();
            let signs = |key: &&Value| {
                key.get("kid").and_then(Value::as_str).is_some_and(|id| KEYS.contains(&id))
            };
            Some(json!({"keys": keys.filter(signs).collect::<Vec<_>>()}))
        }
        _ => None,
    }
}

/// The keys of the two algorithms that a caller can choose.
const KEYS: [&str; 2] = ["RSA_0", "EC384_0"];
