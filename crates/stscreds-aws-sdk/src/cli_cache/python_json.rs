use std::fmt::Write;

use serde_json::Value;

/// JSON to the byte as `json.dumps(value, sort_keys=True)` of Python writes it: a space
/// after commas and colons, and ASCII alone.
pub(super) fn dumps(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            // Sorted here: whether a map of serde_json is, another crate's features decide.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_string(text, name);
                text.push_str(": ");
                write_value(text, value);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_value(text, item);
            }
            text.push(']');
        }
        Value::String(string) => write_string(text, string),
        plain => text.push_str(&plain.to_string()),
    }
}

fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // To write to a string does not fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_what_python_writes() {
        let value = json!({"b": [1, true, null, {}], "a": "é\u{1f511}\u{7f}\n\"\\/", "B": []});

        assert_eq!(
            dumps(&value),
            r#"{"B": [], "a": "\u00e9\ud83d\udd11\u007f\n\"\\/", "b": [1, true, null, {}]}"#
        );
    }
}
