use super::{Answer, Refusal, Value};

/// The XML namespace of STS.
pub(super) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The document of a successful answer, byte for byte as STS lays it out.
///
/// Two spaces of indentation, no XML declaration, a newline at the end.
#[must_use]
pub fn xml_answer(operation: &str, answer: &Answer, request_id: &str) -> String {
    let mut out = String::with_capacity(2048);
    push(&mut out, ["<", operation, "Response xmlns=\"", NAMESPACE, "\">\n"]);
    push(&mut out, ["  <", operation, "Result>\n"]);
    members(&mut out, answer, 2);
    push(&mut out, ["  </", operation, "Result>\n"]);
    out.push_str("  <ResponseMetadata>\n");
    element(&mut out, 2, "RequestId", request_id);
    out.push_str("  </ResponseMetadata>\n");
    push(&mut out, ["</", operation, "Response>\n"]);
    out
}

/// The document of an error.
#[must_use]
pub fn xml_error(refusal: &Refusal, request_id: &str) -> String {
    let code = refusal.code();
    let mut out = String::with_capacity(512);
    push(&mut out, ["<ErrorResponse xmlns=\"", code.namespace(), "\">\n"]);
    out.push_str("  <Error>\n");
    element(&mut out, 2, "Type", code.fault());
    element(&mut out, 2, "Code", code.as_str());
    if let Some(message) = refusal.message() {
        element(&mut out, 2, "Message", message);
    }
    out.push_str("  </Error>\n");
    element(&mut out, 1, "RequestId", request_id);
    out.push_str("</ErrorResponse>\n");
    out
}

fn members(out: &mut String, answer: &Answer, depth: usize) {
    for (name, value) in answer.members() {
        match value {
            Value::Text(text) => element(out, depth, name, text),
            Value::Number(number) => element(out, depth, name, &number.to_string()),
            Value::Time(time) => {
                element(out, depth, name, &time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
            }
            Value::PreciseTime(time) => {
                element(out, depth, name, &time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
            }
            Value::Structure(inner) => {
                indent(out, depth);
                push(out, ["<", name, ">\n"]);
                members(out, inner, depth + 1);
                indent(out, depth);
                push(out, ["</", name, ">\n"]);
            }
            Value::Map(entries) => {
                indent(out, depth);
                push(out, ["<", name, ">\n"]);
                entries.iter().for_each(|entry| map_entry(out, depth + 1, entry));
                indent(out, depth);
                push(out, ["</", name, ">\n"]);
            }
        }
    }
}

/// As [the Query protocol writes maps](https://smithy.io/2.0/aws/protocols/aws-query-protocol.html).
fn map_entry(out: &mut String, depth: usize, (key, value): &(String, String)) {
    indent(out, depth);
    out.push_str("<entry>\n");
    element(out, depth + 1, "key", key);
    element(out, depth + 1, "value", value);
    indent(out, depth);
    out.push_str("</entry>\n");
}

fn element(out: &mut String, depth: usize, name: &str, text: &str) {
    indent(out, depth);
    if text.is_empty() {
        push(out, ["<", name, "/>\n"]);
        return;
    }
    push(out, ["<", name, ">"]);
    escape(out, text);
    push(out, ["</", name, ">\n"]);
}

fn push<const N: usize>(out: &mut String, parts: [&str; N]) {
    for part in parts {
        out.push_str(part);
    }
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn escape(out: &mut String, text: &str) {
    // A session token is a thousand letters of which none is special: what lies between two special ones is copied at once.
    let mut copied = 0;
    for (at, special) in text.match_indices(is_special) {
        out.push_str(&text[copied..at]);
        copied = at + special.len();
        out.push_str(match special {
            "&" => "&amp;",
            "<" => "&lt;",
            ">" => "&gt;",
            // A parser would turn a bare carriage return into a newline.
            "\r" => "&#xD;",
            // XML 1.0 has no way to write the others, and an answer must parse whatever it quotes.
            _ => "\u{FFFD}",
        });
    }
    out.push_str(&text[copied..]);
}

fn is_special(c: char) -> bool {
    let unwritable = matches!(c, '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    matches!(c, '&' | '<' | '>') || (unwritable && !matches!(c, '\t' | '\n'))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::wire::ErrorCode;

    #[test]
    fn an_answer_is_laid_out_as_sts_does() {
        let answer = Answer::new()
            .structure(
                "Credentials",
                Answer::new().time("Expiration", Timestamp::constant(1_783_936_800, 999_999_999)),
            )
            .number("PackedPolicySize", 16);

        let xml = xml_answer("AssumeRole", &answer, "b1cd");

        assert_eq!(
            xml,
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <AssumeRoleResult>\n    <Credentials>\n      \
             <Expiration>2026-07-13T10:00:00Z</Expiration>\n    </Credentials>\n    <PackedPolicySize>16</PackedPolicySize>\n  \
             </AssumeRoleResult>\n  <ResponseMetadata>\n    <RequestId>b1cd</RequestId>\n  </ResponseMetadata>\n</AssumeRoleResponse>\n"
        );
    }

    #[test]
    fn an_error_has_its_request_id_outside_of_the_error() {
        let xml = xml_error(&Refusal::new(ErrorCode::ValidationError, "a < b & c"), "b1cd");

        assert_eq!(
            xml,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
             <Code>ValidationError</Code>\n    <Message>a &lt; b &amp; c</Message>\n  </Error>\n  <RequestId>b1cd</RequestId>\n\
             </ErrorResponse>\n"
        );
    }

    #[test]
    fn an_error_without_a_message_has_no_such_element() {
        let xml = xml_error(&Refusal::bare(ErrorCode::MalformedInput), "b1cd");

        assert!(!xml.contains("Message"), "{xml}");
    }

    #[test]
    fn dispatch_errors_have_a_namespace_of_their_own() {
        let xml = xml_error(&Refusal::new(ErrorCode::InvalidAction, "x"), "b1cd");

        assert!(
            xml.starts_with(
                "<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">"
            ),
            "{xml}"
        );
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_replaced() {
        let xml =
            xml_error(&Refusal::new(ErrorCode::ValidationError, "a\u{0}b\u{1B}c\rd\te"), "b1cd");

        assert!(xml.contains("<Message>a\u{FFFD}b\u{FFFD}c&#xD;d\te</Message>"), "{xml}");
    }
}
