use std::collections::HashMap;

use tinyjson::JsonValue;
use zeroize::Zeroizing;

/// The members of a JSON object that are text.
pub(super) struct Texts(HashMap<String, Zeroizing<String>>);

impl Texts {
    /// `None` for a body that is not a JSON object.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        // The JSON reader recurses: a body nested deep must not overflow the stack.
        if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > MAX_OPENINGS {
            return None;
        }
        let members: HashMap<String, JsonValue> =
            text.parse::<JsonValue>().ok()?.try_into().ok()?;
        let texts = members.into_iter().filter_map(|(name, value)| match value {
            JsonValue::String(text) => Some((name, Zeroizing::new(text))),
            _ => None,
        });
        Some(Self(texts.collect()))
    }

    /// A member without white space around it; `None` if it is missing, empty or not
    /// text.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

/// The documents read here have one.
const MAX_OPENINGS: usize = 64;
