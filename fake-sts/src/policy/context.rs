use std::{borrow::Cow, collections::BTreeMap, slice};

/// The condition keys of one request: name to one or many values.
///
/// Names are matched without regard to case, as IAM does; values keep theirs. A key that is not set is *absent*, which is something else than an
/// empty value: the condition operators tell the two apart.
///
/// See [condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// By lower-case name, so that a look-up with a policy's prepared name allocates nothing.
    entries: BTreeMap<Box<str>, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: Box<str>,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    One(String),
    Many(Vec<String>),
}

impl Context {
    /// A context without any key.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a single-valued key, replacing what it had.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.insert(name, Values::One(value.into()))
    }

    /// Sets a multivalued key, replacing what it had.
    ///
    /// An empty list leaves the key absent: IAM knows no key without a value.
    pub fn set_many<S: Into<String>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        let values = values.into_iter().map(Into::into).collect::<Vec<String>>();
        if values.is_empty() {
            return self.remove(name);
        }
        self.insert(name, Values::Many(values))
    }

    /// Makes a key absent.
    pub fn remove(&mut self, name: &str) -> &mut Self {
        self.entries.remove(lower(name).as_ref());
        self
    }

    /// The context with one more single-valued key.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// The values of a key, or `None` when it is absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.entries.get(lower(name).as_ref()).map(|entry| entry.values.as_slice())
    }

    /// The keys and values, ordered by lower-case name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.values().map(|entry| (entry.name.as_ref(), entry.values.as_slice()))
    }

    fn insert(&mut self, name: &str, values: Values) -> &mut Self {
        self.entries.insert(lower(name).into(), Entry { name: name.into(), values });
        self
    }
}

impl Values {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_values_keep_theirs() {
        let context = Context::new().with("aws:PrincipalTag/Team", "Blue");

        assert_eq!(context.get("AWS:principaltag/TEAM"), Some(&["Blue".to_owned()][..]));
        assert_eq!(
            context.iter().next(),
            Some(("aws:PrincipalTag/Team", &["Blue".to_owned()][..]))
        );
    }

    #[test]
    fn a_key_set_to_no_values_is_absent() {
        let mut context = Context::new().with("aws:TagKeys", "old");

        context.set_many("aws:TagKeys", Vec::<String>::new());

        assert_eq!(context.get("aws:TagKeys"), None);
    }
}
