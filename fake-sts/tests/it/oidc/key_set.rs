use fake_sts::oidc::{Algorithm, KeySet, KeySetError, Token, TokenFault};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{clients, issuer, now};

fn published() -> Vec<Value> {
    issuer().keys().to_value()["keys"].as_array().unwrap().clone()
}

fn verifies(keys: &KeySet, algorithm: Algorithm) -> bool {
    let token = Token::parse(&issuer().token_at(now()).algorithm(algorithm).mint()).unwrap();
    token.verify(keys, now(), &fake_sts::oidc::Rules::new(&clients())).is_ok()
}

#[test]
fn keys_that_sts_cannot_use_are_left_out() {
    let mut keys = published();
    keys.push(json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "AAAA"}));
    keys.push(json!({"kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB"}));
    keys.push(json!({"kty": "EC", "kid": "off-curve", "crv": "P-256", "x": "AAAA", "y": "AAAA"}));
    keys.push(json!({"kty": "RSA", "kid": "enc", "use": "enc", "n": keys[0]["n"], "e": "AQAB"}));
    keys.push(json!("no key at all"));

    let set = KeySet::from_value(json!({"keys": keys})).unwrap();

    assert_eq!(set.key_ids().collect::<Vec<_>>(), ["RSA_0", "EC256_0", "EC384_0", "EC512_0"]);
}

#[test]
fn the_alg_of_a_key_does_not_matter() {
    let mut key = published().remove(0);
    key["alg"] = json!("RS512");

    let set = KeySet::from_value(json!({"keys": [key]})).unwrap();

    assert!(verifies(&set, Algorithm::Rs512));
    // Recorded in September 2026.
    assert!(verifies(&set, Algorithm::Rs256));
}

#[test]
fn a_key_of_another_kind_is_no_key_whatever_its_id() {
    let mut key = published().remove(0);
    key["kid"] = json!("EC256_0");
    let set = KeySet::from_value(json!({"keys": [key]})).unwrap();
    let token = Token::parse(&issuer().token_at(now()).algorithm(Algorithm::Es256).mint()).unwrap();

    let fault = token.verify(&set, now(), &fake_sts::oidc::Rules::new(&clients())).unwrap_err();

    assert!(matches!(fault, TokenFault::NoVerificationKey { .. }), "{fault:?}");
    assert!(
        !set.has_key(Some("EC256_0"), Algorithm::Es256)
            && set.has_key(Some("EC256_0"), Algorithm::Rs256)
    );
}

#[test]
fn leading_zeros_of_a_modulus_do_no_harm() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut key = published().remove(0);
    let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
    key["n"] = json!(URL_SAFE_NO_PAD.encode([&[0][..], &modulus].concat()));

    assert!(verifies(&KeySet::from_value(json!({"keys": [key]})).unwrap(), Algorithm::Rs256));
}

#[test]
fn documents_that_are_no_key_sets_are_typed_errors() {
    assert_eq!(KeySet::parse(b"{").unwrap_err(), KeySetError::NotJson);
    assert_eq!(KeySet::parse(b"{}").unwrap_err(), KeySetError::NoKeys);
    assert_eq!(KeySet::parse(br#"{"keys": {}}"#).unwrap_err(), KeySetError::NoKeys);
    assert_eq!(
        KeySet::from_value(json!({"keys": vec![json!({}); 201]})).unwrap_err(),
        KeySetError::TooManyKeys
    );
}

#[test]
fn a_set_survives_serialization() {
    let set = KeySet::from_value(json!({"keys": published()})).unwrap();

    let again = serde_json::from_value::<KeySet>(serde_json::to_value(&set).unwrap()).unwrap();

    assert_eq!(again, set);
    assert!(verifies(&again, Algorithm::Es512));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = KeySet::parse(&bytes);
    }

    #[test]
    fn any_key_is_read_without_a_panic(
        kty in "RSA|EC|oct", crv in "P-256|P-384|P-521|X", n in "[A-Za-z0-9_=-]{0,400}", e in "[A-Za-z0-9_-]{0,8}",
    ) {
        let key = json!({"kty": kty, "crv": crv, "kid": "k", "n": n, "e": e, "x": n, "y": e});
        let set = KeySet::from_value(json!({"keys": [key]})).unwrap();
        prop_assert!(!verifies(&set, Algorithm::Es256));
    }
}
