use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fake_sts::oidc::{Algorithm, Broken, KeySet, Rules, SeveralAudiences, Token};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{NOW, clients, issuer, now, verify};

#[test]
fn a_good_token_of_each_algorithm_is_accepted() {
    for algorithm in Algorithm::ALL {
        let text = issuer().token_at(now()).algorithm(algorithm).subject("someone").mint();

        let token = verify(&text).unwrap_or_else(|fault| panic!("{algorithm}: {fault}"));

        assert_eq!(
            (token.subject.as_str(), token.audience.as_str()),
            ("someone", "sts.amazonaws.com")
        );
        assert_eq!((token.issued_at, token.expires_at), (1_800_000_000, 1_800_003_600));
    }
}

#[test]
fn each_broken_token_is_refused_with_the_message_of_the_service() {
    check(
        &Broken::Expired,
        "ExpiredTokenException",
        "Token expired: current date/time 1800000000 must be before the expiration date/time 1799999400",
    );
    check(&Broken::TooOld, "ExpiredTokenException", "Token too old: 2592000");
    check(
        &Broken::NotYetValid,
        "InvalidIdentityToken",
        "Token not yet valid: current date/time 1800000000 must be after nbf 1800003600",
    );
    // In words recorded in September 2026; older logs have `Incorrect token audience`.
    check(&Broken::WrongAudience, "InvalidIdentityToken", NOT_VALIDATED);
    check(&Broken::UnknownKeyId, "InvalidIdentityToken", NO_KEY);
    check(&Broken::AlgorithmNone, "InvalidIdentityToken", NOT_A_JWT);
    check(&Broken::Hs256, "InvalidIdentityToken", NO_KEY);
    check(&Broken::BadSignature, "InvalidIdentityToken", "Token signature invalid");
    check(&Broken::ForeignKey, "InvalidIdentityToken", "Token signature invalid");
    check(&Broken::Tampered, "InvalidIdentityToken", "Token signature invalid");
    check(
        &Broken::MissingClaim("iss".to_owned()),
        "InvalidIdentityToken",
        "Missing a required claim: iss",
    );
    check(
        &Broken::MissingClaim("aud".to_owned()),
        "InvalidIdentityToken",
        "Missing a required claim: aud",
    );
    check(
        &Broken::MissingClaim("sub".to_owned()),
        "InvalidIdentityToken",
        "Missing a required claim: sub",
    );
    check(
        &Broken::MissingClaim("exp".to_owned()),
        "InvalidIdentityToken",
        "Missing a required claim: exp",
    );
    check(
        &Broken::MissingClaim("iat".to_owned()),
        "InvalidIdentityToken",
        "Missing a required claim: iat",
    );
    check(&Broken::FractionalExpiry, "InvalidIdentityToken", NOT_A_JWT);
    check(&Broken::IssuerNotAUrl, "InvalidIdentityToken", "Issuer must be a valid URL");
    check(&Broken::Opaque, "InvalidIdentityToken", NOT_A_JWT);
}

#[track_caller]
fn check(broken: &Broken, code: &str, message: &str) {
    for algorithm in [Algorithm::Rs256, Algorithm::Es384] {
        let fault =
            verify(&issuer().token_at(now()).algorithm(algorithm).broken(broken.clone()).mint())
                .unwrap_err();

        assert_eq!((fault.code(), fault.to_string().as_str()), (code, message), "{broken:?}");
        assert!(!fault.cause().is_empty());
    }
}

#[test]
fn a_token_is_expired_at_the_instant_of_its_expiry_and_not_a_second_before() {
    let text = issuer().token_at(now()).expires_in(Duration::from_secs(60)).mint();
    let at = |seconds| {
        Token::parse(&text).unwrap().verify(
            &issuer().keys(),
            now() + Duration::from_secs(seconds),
            &Rules::new(&clients()),
        )
    };

    assert!(at(59).is_ok());
    assert_eq!(at(60).unwrap_err().code(), "ExpiredTokenException");
}

#[test]
fn skew_is_forgiven_on_both_sides() {
    let text = issuer().token_at(now()).expires_in(Duration::from_secs(60)).mint();
    let (clients, keys) = (clients(), issuer().keys());
    let mut rules = Rules::new(&clients);
    rules.skew = Duration::from_secs(30);
    let at = |time| Token::parse(&text).unwrap().verify(&keys, time, &rules);

    assert!(at(now() + Duration::from_secs(90)).is_ok());
    assert!(at(now() + Duration::from_secs(91)).is_err());
    assert!(at(now() - Duration::from_secs(30)).is_ok());
    assert!(at(now() - Duration::from_secs(31)).is_err());
}

#[test]
fn the_age_limit_can_be_set_and_lifted() {
    let (clients, keys) = (clients(), issuer().keys());
    let text = issuer().token_at(now()).broken(Broken::TooOld).mint();
    let mut rules = Rules::new(&clients);

    rules.max_age = None;

    assert!(Token::parse(&text).unwrap().verify(&keys, now(), &rules).is_ok());
}

#[test]
fn the_authorized_party_is_the_audience_that_counts() {
    let party = |azp: &str| {
        verify(&issuer().token_at(now()).audience("elsewhere").claim("azp", azp).mint())
    };

    let token = party("second-client").unwrap();
    assert_eq!(
        (token.audience.as_str(), token.original_audiences.as_slice()),
        ("second-client", &["elsewhere".to_owned()][..])
    );
    assert_eq!(party("elsewhere").unwrap_err().to_string(), NOT_VALIDATED);
}

#[test]
fn several_audiences_need_an_authorized_party_unless_told_otherwise() {
    let text = issuer().token_at(now()).audiences(["other", "second-client"]).mint();
    let (clients, keys) = (clients(), issuer().keys());
    let mut rules = Rules::new(&clients);
    assert_eq!(
        Token::parse(&text).unwrap().verify(&keys, now(), &rules).unwrap_err().to_string(),
        "Token audience contains more than one audience while authorized party is not present"
    );

    rules.several_audiences = SeveralAudiences::FirstKnown;

    assert_eq!(
        Token::parse(&text).unwrap().verify(&keys, now(), &rules).unwrap().audience,
        "second-client"
    );
}

#[test]
fn an_audience_of_one_in_a_list_is_like_a_string() {
    assert!(verify(&issuer().token_at(now()).audiences(["sts.amazonaws.com"]).mint()).is_ok());
    assert_eq!(
        verify(&issuer().token_at(now()).claim("aud", json!([])).mint()).unwrap_err().to_string(),
        "Missing a required claim: aud"
    );
}

#[test]
fn claims_of_a_wrong_type_make_no_valid_token() {
    for (claim, value) in [
        ("aud", json!(7)),
        ("aud", json!([7])),
        ("sub", json!([7])),
        ("exp", json!("tomorrow")),
        ("nbf", json!(1.5)),
        ("azp", json!([])),
    ] {
        let fault = verify(&issuer().token_at(now()).claim(claim, value).mint()).unwrap_err();

        assert_eq!(fault.to_string(), NOT_A_JWT, "{claim}");
        assert!(fault.cause().contains(claim), "{}", fault.cause());
    }
}

#[test]
fn keys_of_a_set_that_was_read_verify_as_those_built_in() {
    let published = KeySet::from_value(issuer().keys().to_value()).unwrap();

    for algorithm in Algorithm::ALL {
        let token = Token::parse(&issuer().token_at(now()).algorithm(algorithm).mint()).unwrap();
        assert!(token.verify(&published, now(), &Rules::new(&clients())).is_ok(), "{algorithm}");
    }
}

#[test]
fn neither_debug_output_nor_a_fault_holds_the_token() {
    let text = issuer()
        .token_at(now())
        .claim("email", "someone@example.com")
        .broken(Broken::Expired)
        .mint();
    let signature = text.rsplit('.').next().unwrap();

    let token = Token::parse(&text).unwrap();
    let debug = format!("{token:?}");
    let fault = token.verify(&issuer().keys(), now(), &Rules::new(&clients())).unwrap_err();

    for printed in [debug, format!("{fault:?}"), fault.to_string(), fault.cause()] {
        assert!(
            !printed.contains(signature) && !printed.contains("someone@example.com"),
            "{printed}"
        );
    }
}

#[test]
fn headers_that_demand_extensions_are_refused() {
    let header = json!({"alg": "RS256", "kid": "RSA_0", "crit": ["b64"], "b64": false});
    let payload = json!({"iss": "https://issuer.example"});

    let fault = Token::parse(&format!("{}.{}.AAAA", part(&header), part(&payload))).unwrap_err();

    assert_eq!(fault.to_string(), NOT_A_JWT);
}

#[test]
fn google_may_name_itself_without_a_scheme() {
    let text = issuer().token_at(now()).claim("iss", "accounts.google.com").mint();

    assert_eq!(Token::parse(&text).unwrap().issuer(), "accounts.google.com");
}

#[test]
fn a_token_longer_than_the_limit_is_no_token() {
    let text = issuer().token_at(now()).claim("padding", "x".repeat(20_000)).mint();

    assert_eq!(verify(&text).unwrap_err().to_string(), NOT_A_JWT);
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn any_three_parts_are_refused_without_a_panic(header in "\\PC{0,40}", payload in "\\PC{0,40}", signature in prop::collection::vec(any::<u8>(), 0..80)) {
        let [header, payload, signature] = [header.as_bytes(), payload.as_bytes(), &signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        let text = format!("{header}.{payload}.{signature}");
        prop_assert!(verify(&text).is_err());
    }

    /// Over ECDSA, whose signatures are cheap. Each byte of the text is under the signature or is the signature.
    #[test]
    fn a_token_with_any_byte_changed_is_refused(position in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>()) {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let text = issuer().token_at(now()).algorithm(Algorithm::Es256).mint();
        let mut changed = text.clone().into_bytes();
        let position = position.index(changed.len());
        changed[position] = ALPHABET[byte.index(ALPHABET.len())];

        prop_assume!(changed != text.as_bytes());
        prop_assert!(verify(&String::from_utf8(changed).unwrap()).is_err());
    }

    #[test]
    fn times_anywhere_never_panic(exp in any::<i64>(), iat in any::<i64>(), nbf in any::<i64>()) {
        let text = issuer().token_at(now()).algorithm(Algorithm::Es256).claim("exp", exp).claim("iat", iat).claim("nbf", nbf).mint();
        let now = i64::try_from(NOW).unwrap();
        let in_time = exp > now && iat <= now && nbf <= now && now - 432_000 <= iat;

        prop_assert_eq!(verify(&text).is_ok(), in_time);
    }
}

const NOT_A_JWT: &str = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";

const NOT_VALIDATED: &str = "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.";
