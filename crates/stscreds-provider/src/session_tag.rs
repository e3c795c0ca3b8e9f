use std::collections::HashSet;

use stscreds_core::{Error, ErrorKind};

use crate::arn::excerpt;

/// A tag of a role session, which policies read as `aws:PrincipalTag`.
///
/// The key has 1 to 128 characters and does not begin with `aws:`; the value has
/// up to 256. See
/// [session tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTag {
    key: String,
    value: String,
    transitive: bool,
}

impl SessionTag {
    /// A tag of this session only.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) beyond the limits.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Result<Self, Error> {
        let (key, value) = (key.into(), value.into());
        let refused = |fault: &str| {
            let what = format!("the session tag {} {fault}", excerpt(&key));
            Err(Error::new(ErrorKind::InvalidConfiguration, what))
        };
        if !(1..=128).contains(&key.chars().count()) {
            return refused("does not have a key of 1 to 128 characters");
        }
        if key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            return refused("has a key that begins with aws:, which is reserved");
        }
        if value.chars().count() > 256 {
            return refused("has a value of more than 256 characters");
        }
        Ok(Self { key, value, transitive: false })
    }

    /// Passes the tag on to every role that is assumed from this session.
    #[must_use]
    pub fn transitive(mut self) -> Self {
        self.transitive = true;
        self
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether roles assumed from this session inherit the tag.
    #[must_use]
    pub fn is_transitive(&self) -> bool {
        self.transitive
    }
}

/// The tags of a session: fifty at most, no two keys alike but for their case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionTags(Vec<SessionTag>);

impl SessionTags {
    /// Takes the tags together.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for a 51st tag and
    /// for a key that stands twice.
    pub fn new(tags: impl IntoIterator<Item = SessionTag>) -> Result<Self, Error> {
        let refused = |what| Err(Error::new(ErrorKind::InvalidConfiguration, what));
        let tags: Vec<SessionTag> = tags.into_iter().collect();
        if tags.len() > 50 {
            return refused(format!("{} session tags are more than 50", tags.len()));
        }
        let mut keys = HashSet::new();
        for tag in &tags {
            if !keys.insert(tag.key.to_lowercase()) {
                return refused(format!(
                    "the session tag {} stands twice; keys differ by more than case",
                    excerpt(&tag.key)
                ));
            }
        }
        Ok(Self(tags))
    }

    /// The tags in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &SessionTag> {
        self.0.iter()
    }

    /// The keys of the transitive tags.
    pub fn transitive_keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|tag| tag.transitive).map(SessionTag::key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(outcome: Result<impl std::fmt::Debug, Error>) {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidConfiguration);
    }

    #[test]
    fn a_tag_keeps_to_the_limits() {
        assert!(SessionTag::new("k".repeat(128), "v".repeat(256)).is_ok());
        assert!(SessionTag::new("ключ", "").is_ok());
        check_refused(SessionTag::new("", "v"));
        check_refused(SessionTag::new("é".repeat(129), "v"));
        check_refused(SessionTag::new("k", "é".repeat(257)));
        check_refused(SessionTag::new("AWS:key", "v"));
    }

    #[test]
    fn fifty_tags_are_enough_and_keys_differ_by_more_than_case() {
        let tags = |n: usize| (0..n).map(|i| SessionTag::new(format!("k{i}"), "v").unwrap());

        assert!(SessionTags::new(tags(50)).is_ok());
        check_refused(SessionTags::new(tags(51)));
        check_refused(SessionTags::new(["Team", "team"].map(|k| SessionTag::new(k, "v").unwrap())));
    }

    #[test]
    fn transitive_keys_are_those_of_transitive_tags() {
        let tags = SessionTags::new([
            SessionTag::new("Department", "Finance").unwrap().transitive(),
            SessionTag::new("Environment", "Production").unwrap(),
        ])
        .unwrap();

        assert_eq!(tags.transitive_keys().collect::<Vec<_>>(), ["Department"]);
    }
}
