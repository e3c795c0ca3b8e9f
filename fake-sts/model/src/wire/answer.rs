use jiff::Timestamp;

/// What an operation answers: its result, member by member, in the order of the wire.
///
/// Free of any encoding: the XML and the JSON writer both start from here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    members: Vec<(&'static str, Value)>,
}

/// The value of a member of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An instant: ISO 8601 in whole seconds in XML, seconds since 1970 in JSON.
    Time(Timestamp),
    /// An instant with its milliseconds.
    PreciseTime(Timestamp),
    /// Members of its own.
    Structure(Answer),
    /// Texts by name, of which the caller chooses the names.
    Map(Vec<(String, String)>),
}

impl Answer {
    /// An answer without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer with a member of text added.
    #[must_use]
    pub fn text(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(name, Value::Text(value.into()))
    }

    /// The answer with a member of text added, if there is one.
    #[must_use]
    pub fn optional_text(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// The answer with a number added.
    #[must_use]
    pub fn number(self, name: &'static str, value: i64) -> Self {
        self.with(name, Value::Number(value))
    }

    /// The answer with a number added, if there is one.
    #[must_use]
    pub fn optional_number(self, name: &'static str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self,
        }
    }

    /// The answer with an instant added.
    #[must_use]
    pub fn time(self, name: &'static str, value: Timestamp) -> Self {
        self.with(name, Value::Time(value))
    }

    /// The answer with an instant added that keeps its milliseconds.
    #[must_use]
    pub fn precise_time(self, name: &'static str, value: Timestamp) -> Self {
        self.with(name, Value::PreciseTime(value))
    }

    /// The answer with a structure added.
    #[must_use]
    pub fn structure(self, name: &'static str, value: Answer) -> Self {
        self.with(name, Value::Structure(value))
    }

    /// With a map added, unless it is empty.
    #[must_use]
    pub fn map(self, name: &'static str, entries: &[(String, String)]) -> Self {
        if entries.is_empty() { self } else { self.with(name, Value::Map(entries.to_vec())) }
    }

    /// The members in order.
    #[must_use]
    pub fn members(&self) -> &[(&'static str, Value)] {
        &self.members
    }

    /// The bytes of all its texts, at any depth.
    pub fn text_len(&self) -> usize {
        let text_len = |value: &Value| match value {
            Value::Text(text) => text.len(),
            Value::Structure(inner) => inner.text_len(),
            Value::Map(entries) => entries.iter().map(|(key, value)| key.len() + value.len()).sum(),
            Value::Number(_) | Value::Time(_) | Value::PreciseTime(_) => 0,
        };
        self.members.iter().map(|(_, value)| text_len(value)).sum()
    }

    /// Takes away the members of a name, inside of structures too. Returns whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.members.len();
        self.members.retain(|(member, _)| *member != name);
        let mut removed = self.members.len() < before;
        for (_, value) in &mut self.members {
            if let Value::Structure(inner) = value {
                removed |= inner.remove(name);
            }
        }
        removed
    }

    /// The answer with each text changed, at any depth.
    pub fn map_text(mut self, change: &impl Fn(&str, String) -> String) -> Self {
        for (name, value) in &mut self.members {
            let old = std::mem::replace(value, Value::Number(0));
            *value = match old {
                Value::Text(text) => Value::Text(change(name, text)),
                Value::Structure(inner) => Value::Structure(inner.map_text(change)),
                Value::Map(entries) => {
                    let entries = entries.into_iter();
                    Value::Map(entries.map(|(key, text)| (key, change(name, text))).collect())
                }
                other => other,
            };
        }
        self
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.members.push((name, value));
        self
    }
}
