use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::Value;

/// Whether a service rejected the session that signed a request, by its error code.
///
/// Each protocol has its own place for the code. Only the code counts: a message may well
/// mention another expired token.
pub(super) fn is_session_rejected(response: &HttpResponse) -> bool {
    if response.status().as_u16() < 400 {
        return false;
    }
    let in_headers = CODE_HEADERS.iter().any(|name| {
        response.headers().get(*name).is_some_and(|value| is_rejection(bare_code(value)))
    });
    in_headers || response.body().bytes().is_some_and(is_rejected_by)
}

/// REST-JSON and JSON services, and those that once spoke the query protocol.
const CODE_HEADERS: [&str; 2] = ["x-amzn-errortype", "x-amzn-query-error"];

/// More than any error of a service has, and little enough to look through.
const MAX_BODY: usize = 64 * 1024;

fn is_rejection(code: &str) -> bool {
    // `RequestExpired` is EC2's word for an expired session, and for a clock that is off: the SDK corrects that
    // itself, and the cache limits how often a rejection makes it refresh.
    matches!(code, "ExpiredToken" | "ExpiredTokenException" | "InvalidToken" | "RequestExpired")
}

/// `namespace#Code:http://..` and `Code;Sender` without what is not the code.
fn bare_code(text: &str) -> &str {
    let text = text.split([':', ';']).next().unwrap_or_default();
    text.rsplit('#').next().unwrap_or_default().trim()
}

fn is_rejected_by(body: &[u8]) -> bool {
    let body = body.get(..body.len().min(MAX_BODY)).unwrap_or_default();
    match body.trim_ascii_start().first() {
        Some(b'{') => in_json(body),
        Some(b'<') => in_xml(body),
        _ => in_cbor(body),
    }
}

fn in_json(body: &[u8]) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return false };
    let code = |name: &str| members.get(name).and_then(Value::as_str).map(bare_code);
    ["__type", "code", "Code"].into_iter().filter_map(code).any(is_rejection)
}

/// The first `Code`: `<Error><Code>` of S3, `<ErrorResponse><Error><Code>` of the query
/// protocol and `<Response><Errors><Error><Code>` of EC2 have one and no other.
fn in_xml(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.is_some_and(|(code, _)| is_rejection(code.trim()))
}

/// The text that follows the key `__type`; text that short has its length in one byte
/// or two (RFC 8949, section 3).
fn in_cbor(body: &[u8]) -> bool {
    const KEY: &[u8] = b"\x66__type";
    let Some(at) = body.windows(KEY.len()).position(|window| window == KEY) else { return false };
    let text = match body.get(at + KEY.len()..).unwrap_or_default() {
        [length @ 0x60..=0x77, text @ ..] => text.get(..usize::from(length & 0x1f)),
        [0x78, length, text @ ..] => text.get(..usize::from(*length)),
        _ => None,
    };
    text.and_then(|text| str::from_utf8(text).ok())
        .is_some_and(|code| is_rejection(bare_code(code)))
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn response(
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &[u8],
    ) -> HttpResponse {
        let mut response =
            HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_vec()));
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        response
    }

    #[track_caller]
    fn check(body: impl AsRef<[u8]>, expected: bool) {
        assert_eq!(is_session_rejected(&response(400, &[], body.as_ref())), expected);
    }

    #[test]
    fn each_protocol_tells_of_a_rejected_session_in_its_own_place() {
        check(r#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"x"}"#, true);
        check(r#" {"__type":"ExpiredTokenException"}"#, true);
        check(r#"{"code":"InvalidToken"}"#, true);
        check("<?xml version=\"1.0\"?>\n<Error><Code>ExpiredToken</Code></Error>", true);
        check(
            "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code></Error></ErrorResponse>",
            true,
        );
        check(
            "<Response><Errors><Error><Code>RequestExpired</Code><Message>Request has expired.</Message></Error>\
             </Errors><RequestID>r</RequestID></Response>",
            true,
        );
        check(b"\xbf\x66__type\x6cExpiredToken\x67message\x61x\xff", true);
        check(b"\xa1\x66__type\x78\x1bcom.amazon#ExpiredTokenExcep", false);
        check(b"\xa1\x66__type\x78\x20com.amazon#ExpiredTokenException", true);
        let typed =
            [("x-amzn-errortype", "ExpiredTokenException:http://internal.amazon.com/coral/")];
        assert!(is_session_rejected(&response(403, &typed, b"")));
        let query = [("x-amzn-query-error", "InvalidToken;Sender")];
        assert!(is_session_rejected(&response(400, &query, b"{}")));
    }

    #[test]
    fn other_errors_are_left_alone_even_if_they_speak_of_expired_tokens() {
        check(r#"{"__type":"AccessDeniedException","message":"ExpiredToken"}"#, false);
        check(r#"{"__type":"ExpiredNextTokenException"}"#, false);
        check(
            "<Error><Code>AccessDenied</Code><Message><Code>ExpiredToken</Code></Message></Error>",
            false,
        );
        check("<html>ExpiredToken</html>", false);
        check("ExpiredToken", false);
        check("", false);
        check(b"\x66__type", false);
        check(b"{\xff", false);
    }

    #[test]
    fn a_success_is_no_rejection_whatever_it_contains() {
        let body = br#"{"__type":"ExpiredTokenException"}"#;
        assert!(!is_session_rejected(&response(200, &[], body)));
    }
}
