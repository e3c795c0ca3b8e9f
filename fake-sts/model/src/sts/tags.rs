use std::collections::HashSet;

use super::trail::Claimed;
use crate::policy::Context;
use crate::wire::{ErrorCode, Input, Refusal, constraint};
use crate::world::Session;

/// The session tags of a request, and those that the calling session passes on.
#[derive(Debug, Default)]
pub(super) struct Tags {
    requested: Vec<(String, String)>,
    transitive: Vec<String>,
    inherited: Vec<(String, String)>,
}

/// The tags of a new session.
#[derive(Debug)]
pub(super) struct SessionTags {
    pub(super) tags: Vec<(String, String)>,
    /// The keys of those that it passes on.
    pub(super) transitive_keys: Vec<String>,
}

const LIMIT: usize = 50;

impl Tags {
    /// Reads `Tags`, for an operation that knows no transitive ones.
    pub(super) fn read(input: &mut Input<'_>) -> Self {
        let fields = [("Key", &constraint::TAG_KEY), ("Value", &constraint::TAG_VALUE)];
        let requested = input.structures("Tags", fields);
        input.list_length("Tags", requested.len(), &(0..=LIMIT));
        let requested =
            requested.into_iter().map(|[key, value]| (key.to_owned(), value.to_owned())).collect();
        Self { requested, ..Self::default() }
    }

    /// Reads `Tags` and `TransitiveTagKeys`, and adds what the calling session passes on.
    pub(super) fn read_with_transitive(input: &mut Input<'_>, calling: Option<&Session>) -> Self {
        let transitive = input.list("TransitiveTagKeys", &constraint::TAG_KEY);
        input.list_length("TransitiveTagKeys", transitive.len(), &(0..=LIMIT));
        let transitive = transitive.into_iter().map(str::to_owned).collect();
        let inherited = calling.map(inheritance).unwrap_or_default();
        Self { transitive, inherited, ..Self::read(input) }
    }

    /// The tags that a token or assertion claims.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` when one breaks a constraint on tags. The words of the real refusal are not known.
    pub(super) fn claimed(
        requested: Vec<(String, String)>,
        transitive: Vec<String>,
    ) -> Result<Self, Refusal> {
        let broken = |(key, value): &&(String, String)| {
            constraint::TAG_KEY.is_broken_by(key) || constraint::TAG_VALUE.is_broken_by(value)
        };
        if let Some((key, _)) = requested.iter().find(broken) {
            let message = format!("The session tag {key} is not valid.");
            return Err(Refusal::new(ErrorCode::InvalidParameterValue, message));
        }
        if requested.len() > LIMIT {
            let message = format!("There are more than {LIMIT} session tags.");
            return Err(Refusal::new(ErrorCode::InvalidParameterValue, message));
        }
        Ok(Self { requested, transitive, inherited: Vec::new() })
    }

    /// What was claimed, for records of it.
    pub(super) fn claims(&self, session_name: &str, source_identity: Option<&str>) -> Claimed {
        Claimed {
            session_name: session_name.to_owned(),
            source_identity: source_identity.map(str::to_owned),
            tags: self.requested.clone(),
            transitive_tag_keys: self.transitive.clone(),
        }
    }

    /// Whether `sts:TagSession` is needed.
    pub(super) fn is_empty(&self) -> bool {
        self.requested.is_empty() && self.transitive.is_empty() && self.inherited.is_empty()
    }

    /// Sets the condition keys about the tags that were passed.
    pub(super) fn set(&self, context: &mut Context) {
        for (key, value) in &self.requested {
            context.set(&format!("aws:RequestTag/{key}"), value);
        }
        context.set_many("aws:TagKeys", self.requested.iter().map(|(key, _)| key));
        context.set_many("sts:TransitiveTagKeys", &self.transitive);
    }

    /// The tags of the request itself, in its order.
    pub(super) fn requested(&self) -> &[(String, String)] {
        &self.requested
    }

    /// Refuses keys that repeat.
    pub(super) fn check_duplicates(&self) -> Result<(), Refusal> {
        let mut keys = HashSet::new();
        if self.requested.iter().all(|(key, _)| keys.insert(key.to_lowercase())) {
            return Ok(());
        }
        let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        Err(Refusal::new(ErrorCode::InvalidParameterValue, message))
    }

    /// The tags of the new session and those among them that it passes on.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` when keys repeat, or a transitive key has no tag or is already one of the calling session's.
    pub(super) fn merge(self) -> Result<SessionTags, Refusal> {
        let refused = |message: &str| Err(Refusal::new(ErrorCode::InvalidParameterValue, message));
        self.check_duplicates()?;
        let keys = self.requested.iter().map(|(key, _)| key.to_lowercase()).collect::<HashSet<_>>();
        if keys.iter().any(|key| key.starts_with("aws:")) {
            // That the prefix is reserved is documented, how STS says so is not; these are the words of other services.
            return refused("aws: prefixed tag key names are not allowed for external use.");
        }
        if !self.transitive.iter().all(|key| keys.contains(&key.to_lowercase())) {
            return refused(
                "The specified transitive tag key must be included in the requested tags.",
            );
        }
        if self.inherited.iter().any(|(key, _)| keys.contains(&key.to_lowercase())) {
            return refused(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
            );
        }
        let mut transitive = self.transitive;
        transitive.extend(self.inherited.iter().map(|(key, _)| key.clone()));
        let mut tags = self.requested;
        tags.extend(self.inherited);
        Ok(SessionTags { tags, transitive_keys: transitive })
    }
}

fn inheritance(session: &Session) -> Vec<(String, String)> {
    let transitive = |key: &str| {
        session.transitive_tag_keys.iter().any(|passed| passed.eq_ignore_ascii_case(key))
    };
    session.tags.iter().filter(|(key, _)| transitive(key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(requested: &[&str], transitive: &[&str], inherited: &[&str]) -> Tags {
        let pairs =
            |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), "v".to_owned())).collect();
        let transitive = transitive.iter().map(|key| (*key).to_owned()).collect();
        Tags { requested: pairs(requested), transitive, inherited: pairs(inherited) }
    }

    #[track_caller]
    fn check(tags: Tags, wanted: &str) {
        let refusal = tags.merge().err();
        let message = refusal.as_ref().and_then(Refusal::message).unwrap_or_default();
        assert!(
            message.starts_with(wanted) && message.is_empty() == wanted.is_empty(),
            "{message}"
        );
    }

    #[test]
    fn keys_are_compared_without_regard_to_case() {
        check(tags(&["a", "b"], &["B"], &["c"]), "");
        check(tags(&["a", "A"], &[], &[]), "Duplicate tag keys found.");
        check(tags(&["Aws:a"], &[], &[]), "aws: prefixed tag key names");
        check(tags(&["a"], &["b"], &[]), "The specified transitive tag key must be included");
        check(tags(&[], &["c"], &["c"]), "The specified transitive tag key must be included");
        check(tags(&["C"], &[], &["c"]), "One of the specified transitive tag keys can't be set");
    }

    #[test]
    fn what_is_inherited_stays_transitive() {
        let merged = tags(&["a", "b"], &["b"], &["c"]).merge().unwrap();

        assert_eq!(
            merged.tags.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        assert_eq!(merged.transitive_keys, ["b", "c"]);
    }
}
