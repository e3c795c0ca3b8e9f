use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stscreds_core::Timestamp;

use super::json;

/// The [`exp` claim](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4) of a
/// JWT, with nothing verified; `None` for whatever is not a JWT with a sane one.
pub(super) fn unverified_expiry(token: &str) -> Option<Timestamp> {
    let mut parts = token.split('.');
    let (_header, payload) = (parts.next()?, parts.next()?);
    let _signature = parts.next()?;
    if parts.next().is_some() {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let payload = String::from_utf8(payload).ok()?;
    let claims = json::object(&payload)?;
    seconds(*claims.get("exp")?.get()?)
}

/// A `NumericDate`, fractions dropped so that it errs towards expired.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and so does the timestamp")]
fn seconds(numeric_date: f64) -> Option<Timestamp> {
    numeric_date.is_finite().then(|| Timestamp::from_unix_seconds(numeric_date as i64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    fn jwt(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[track_caller]
    fn check(token: &str, expected: Option<i64>) {
        assert_eq!(unverified_expiry(token), expected.map(Timestamp::from_unix_seconds));
    }

    #[test]
    fn the_expiry_of_a_jwt_is_read() {
        check(&jwt(r#"{"sub":"s","exp":1700000000}"#), Some(1_700_000_000));
        check(&jwt(r#"{"exp":1700000000.9}"#), Some(1_700_000_000));
        check(&jwt(r#"{"exp":-5}"#), Some(0));
        check(&jwt(r#"{"exp":1e300}"#), Some(i64::MAX));
    }

    #[test]
    fn what_says_nothing_of_its_expiry_has_none() {
        check(&jwt(r#"{"sub":"s"}"#), None);
        check(&jwt(r#"{"exp":"soon"}"#), None);
        check(&jwt("[]"), None);
        check("opaque", None);
        check("a.b.c.d", None);
        check("e30.!!!.c2ln", None);
        check(&jwt(&"[".repeat(14_000)), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(token in "\\PC*", payload in "\\PC*") {
            unverified_expiry(&token);
            unverified_expiry(&jwt(&payload));
        }
    }
}
