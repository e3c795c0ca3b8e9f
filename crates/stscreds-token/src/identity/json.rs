use std::collections::HashMap;

use tinyjson::JsonValue;

/// The members of a JSON object; `None` for whatever is not one.
pub(super) fn object(text: &str) -> Option<HashMap<String, JsonValue>> {
    if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > MAX_OPENINGS {
        return None;
    }
    text.parse::<JsonValue>().ok()?.try_into().ok()
}

/// The JSON reader recurses, and a text nested 15,000 deep must not overflow the
/// stack. A token with fifty session tags as nested lists needs about 60 openings.
const MAX_OPENINGS: usize = 256;
