use std::borrow::Cow;

/// The XML namespace of S3.
pub(super) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The document of an error.
pub(in crate::resource) fn error(code: &str, message: &str, request_id: &str) -> String {
    document(&format!(
        "<Error><Code>{code}</Code><Message>{}</Message><RequestId>{request_id}</RequestId><HostId>fake-sts</HostId></Error>",
        escaped(message)
    ))
}

pub(super) fn document(root: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}")
}

pub(super) fn element(out: &mut String, name: &str, text: &str) {
    for part in ["<", name, ">", &escaped(text), "</", name, ">"] {
        out.push_str(part);
    }
}

/// Text with the characters of markup as entities. A carriage return would be read as a line feed otherwise.
pub(in crate::resource) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// The text of an element without children, with its entities resolved; nothing if one of them is unknown.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..].split_once(';')?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            numbered => {
                let digits = numbered.strip_prefix('#')?;
                let number = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                char::from_u32(number.ok()?)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_there_and_back() {
        for text in ["", "a", "a&b<c>d\"e'f\rg", "&amp;", "é\u{1f600}"] {
            assert_eq!(unescaped(&escaped(text)).as_deref(), Some(text));
        }
        assert_eq!(unescaped("&#65;&#x42;").as_deref(), Some("AB"));
        for bad in ["&", "&a;", "&#;", "&#x110000;", "&#xd800;"] {
            assert_eq!(unescaped(bad), None, "{bad}");
        }
    }
}
