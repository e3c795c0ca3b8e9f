//! Errors about JSON, in the words of JSON.

use crate::spelling::{did_you_mean, meant};

/// What is wrong with a value in JSON, in the words of JSON instead of those of Rust, and with the name that was meant.
///
/// Of a message of serde's about a value whose place is told otherwise: its line and column are left out.
#[must_use]
pub fn in_words_of_json(message: &str) -> String {
    let message = match message.rsplit_once(" at line ") {
        Some((message, position)) if position.contains(" column ") => message,
        _ => message,
    };
    // What stands before is quoted from the value.
    let Some((found, wanted)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let found = match found {
        "invalid type: map" => "invalid type: object",
        "invalid type: sequence" => "invalid type: list",
        "invalid type: unit variant" => "invalid type: a name alone",
        other => other,
    };
    let plain = match wanted {
        "a map" => "an object",
        "a sequence" => "a list",
        "f64" => "a number",
        "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on",
        "i64" => "a whole number",
        struct_of_ours if struct_of_ours.starts_with("struct") => "an object",
        other => other,
    };
    format!("{found}, expected {plain}{}", did_you_mean(misspelled(found, wanted)))
}

/// The name that is the most like an unknown field or variant.
fn misspelled<'a>(found: &str, wanted: &'a str) -> Option<&'a str> {
    let name = found.strip_prefix("unknown ")?.split('`').nth(1)?;
    meant(name, wanted.split('`').skip(1).step_by(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, wanted: &str) {
        assert_eq!(in_words_of_json(message), wanted);
    }

    #[test]
    fn nothing_is_told_in_the_words_of_rust() {
        check(
            "invalid type: string \"1h\", expected f64 at line 1 column 16",
            "invalid type: string \"1h\", expected a number",
        );
        check(
            "invalid value: integer `-5`, expected u64",
            "invalid value: integer `-5`, expected a whole number from 0 on",
        );
        check(
            "invalid type: map, expected a sequence at line 1 column 13",
            "invalid type: object, expected a list",
        );
        check(
            "invalid type: integer `3`, expected struct variant Effect::Delay at line 1 column 22",
            "invalid type: integer `3`, expected an object",
        );
        check(
            "invalid type: unit variant, expected struct variant",
            "invalid type: a name alone, expected an object",
        );
    }

    #[test]
    fn the_name_that_was_meant_is_told() {
        check(
            "unknown field `time`, expected one of `effect`, `times`, `for` at line 1 column 25",
            "unknown field `time`, expected one of `effect`, `times`, `for`; did you mean times?",
        );
        check(
            "unknown variant `content_length`, expected `content-length` or `date`",
            "unknown variant `content_length`, expected `content-length` or `date`; did you mean content-length?",
        );
        check("unknown field `x`, expected `role`", "unknown field `x`, expected `role`");
    }

    #[test]
    fn what_is_quoted_from_the_value_stays() {
        check(
            "invalid type: string \", expected f64 at line 1 column 2\", expected a map at line 1 column 9",
            "invalid type: string \", expected f64 at line 1 column 2\", expected an object",
        );
        check("missing field `effect` at line 1 column 2", "missing field `effect`");
        check("there is no such day", "there is no such day");
    }
}
