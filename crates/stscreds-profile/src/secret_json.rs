use std::ops::Deref;

use serde_json::Value;
use stscreds_core::SecretString;
use zeroize::{Zeroize, Zeroizing};

/// JSON with secrets in it: its texts are wiped on drop.
///
/// A text with escapes passes through a buffer of the parser's that is not; keys and tokens
/// have no character that would need one.
pub(crate) struct SecretJson(Value);

impl SecretJson {
    /// Reads a document.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text).map(Self)
    }

    /// The document as text, on one line.
    pub(crate) fn to_text(&self) -> SecretString {
        // Measured first: a text that is moved while it grows leaves a copy behind.
        let mut size = Size(0);
        // To count and to write to memory does not fail, and neither does a tree of values.
        let _ = serde_json::to_writer(&mut size, &self.0);
        let mut text = Zeroizing::new(Vec::with_capacity(size.0));
        let _ = serde_json::to_writer(&mut *text, &self.0);
        std::str::from_utf8(&text).unwrap_or_default().into()
    }
}

impl From<Value> for SecretJson {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Deref for SecretJson {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for SecretJson {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// No deeper than the parser goes, which is 128 levels.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

struct Size(usize);

impl std::io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
