use std::fmt::{self, Write};

use serde_json::Value;

/// JSON to the byte as `json.dumps(value, sort_keys=True)` of Python writes it: a space
/// after commas and colons, and ASCII alone.
pub(super) fn write_json(text: &mut impl Write, value: &Value) -> fmt::Result {
    match value {
        Value::Object(members) => {
            // Sorted here: whether a map of serde_json is, another crate's features decide.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            text.write_char('{')?;
            for (index, (name, value)) in members.into_iter().enumerate() {
                text.write_str(if index > 0 { ", " } else { "" })?;
                write_string(text, name)?;
                text.write_str(": ")?;
                write_json(text, value)?;
            }
            text.write_char('}')
        }
        Value::Array(items) => {
            text.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                text.write_str(if index > 0 { ", " } else { "" })?;
                write_json(text, item)?;
            }
            text.write_char(']')
        }
        Value::String(string) => write_string(text, string),
        plain => write!(text, "{plain}"),
    }
}

fn write_string(text: &mut impl Write, string: &str) -> fmt::Result {
    text.write_char('"')?;
    for c in string.chars() {
        match c {
            '"' => text.write_str("\\\"")?,
            '\\' => text.write_str("\\\\")?,
            '\n' => text.write_str("\\n")?,
            '\r' => text.write_str("\\r")?,
            '\t' => text.write_str("\\t")?,
            '\u{8}' => text.write_str("\\b")?,
            '\u{c}' => text.write_str("\\f")?,
            ' '..='~' => text.write_char(c)?,
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(text, "\\u{unit:04x}")?;
                }
            }
        }
    }
    text.write_char('"')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_what_python_writes() {
        let value = json!({"b": [1, true, null, {}], "a": "é\u{1f511}\u{7f}\n\"\\/", "B": []});

        let mut text = String::new();
        write_json(&mut text, &value).unwrap();

        assert_eq!(
            text,
            r#"{"B": [], "a": "\u00e9\ud83d\udd11\u007f\n\"\\/", "b": [1, true, null, {}]}"#
        );
    }
}
