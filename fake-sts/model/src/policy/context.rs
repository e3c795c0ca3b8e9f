use std::borrow::Cow;
use std::cmp::Ordering;
use std::slice;

/// The condition keys of one request: name to one or many values.
///
/// Names are matched without regard to case, as IAM does; values keep theirs. A key that is not set is *absent*, which is something else than an
/// empty value: the condition operators tell the two apart.
///
/// See [condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Ordered by name without regard to case, so that neither setting nor looking up needs another spelling of a name.
    entries: Vec<Entry>,
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
        if let Ok(at) = self.find(name) {
            self.entries.remove(at);
        }
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
        self.find(name).ok().map(|at| self.entries[at].values.as_slice())
    }

    /// The keys and values, ordered by lower-case name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|entry| (entry.name.as_ref(), entry.values.as_slice()))
    }

    fn insert(&mut self, name: &str, values: Values) -> &mut Self {
        let entry = Entry { name: name.into(), values };
        match self.find(name) {
            Ok(at) => self.entries[at] = entry,
            Err(at) => self.entries.insert(at, entry),
        }
        self
    }

    /// Where a name is, or where it belongs.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| ignoring_case(&entry.name, name))
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

fn ignoring_case(one: &str, other: &str) -> Ordering {
    let lower = u8::to_ascii_lowercase;
    one.as_bytes().iter().map(lower).cmp(other.as_bytes().iter().map(lower))
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
