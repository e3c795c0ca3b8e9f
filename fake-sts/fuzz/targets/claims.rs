//! What a well-signed token may claim. Input: a JSON object of claims, which the built-in issuer signs.

#![no_main]

use std::time::{Duration, SystemTime};

use fake_sts::{
    oidc::{
        Algorithm, ClaimKeys, Issuer, Rules, SeveralAudiences, Token, TokenFault, condition_keys,
    },
    policy::Context,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// 2026-01-01T00:00:00Z, the time at which the tokens are issued.
const NOW: Duration = Duration::from_secs(1_767_225_600);

fuzz_target!(|json: &[u8]| {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(json) else { return };
    let (issuer, now) = (Issuer::new("https://idp.example/pool"), SystemTime::UNIX_EPOCH + NOW);
    let mut token = issuer.token_at(now).algorithm(Algorithm::Es256);
    for (name, value) in claims {
        token = token.claim(name, value);
    }
    let clients = ["sts.amazonaws.com".to_owned(), "other".to_owned()];
    let mut rules = Rules::new(&clients);
    rules.several_audiences = SeveralAudiences::FirstKnown;
    let verified =
        Token::parse(&token.mint()).and_then(|token| token.verify(&issuer.keys(), now, &rules));
    match verified {
        Ok(token) => {
            assert!(clients.contains(&token.audience));
            let mut context = Context::new();
            condition_keys(&token, "idp.example/pool", ClaimKeys::All, &mut context);
            assert_eq!(context.get("idp.example/pool:sub"), Some([token.subject].as_slice()));
        }
        Err(fault @ (TokenFault::SignatureInvalid | TokenFault::NoVerificationKey { .. })) => {
            panic!("the issuer's own token: {fault}")
        }
        Err(fault) => drop(fault.to_string()),
    }
});
