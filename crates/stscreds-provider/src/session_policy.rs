use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

use crate::arn::{check_shape, excerpt};

/// An inline session policy in JSON, which the session's permissions are cut
/// down to.
///
/// STS once documented 2,048 characters at most and no longer does for
/// `AssumeRole`: a longer one is sent, with a warning in the log. Whether it is a
/// valid policy is for STS to say. See
/// [session policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPolicy(Arc<str>);

impl SessionPolicy {
    /// The policy as JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionPolicy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.trim().is_empty() {
            return Err(Error::new(ErrorKind::MalformedPolicy, "the session policy is empty"));
        }
        // The model's class for policies: tab, line feed, carriage return, and U+0020 to U+00FF.
        let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
        if let Some(odd) = text.chars().find(|&c| !allowed(c)) {
            return Err(Error::new(
                ErrorKind::MalformedPolicy,
                format!("the session policy contains {odd:?}, which STS does not accept"),
            ));
        }
        let length = text.chars().count();
        if length > ONCE_THE_LIMIT {
            tracing::warn!(length, "the session policy is longer than STS used to accept");
        }
        Ok(Self(text.into()))
    }
}

const ONCE_THE_LIMIT: usize = 2048;

/// The ARNs of managed policies to use as session policies, ten at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyArns(Vec<String>);

impl PolicyArns {
    /// Takes up to ten ARNs.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for an eleventh or
    /// for what is no ARN.
    pub fn new<A: Into<String>>(arns: impl IntoIterator<Item = A>) -> Result<Self, Error> {
        let refused = |what| Err(Error::new(ErrorKind::InvalidConfiguration, what));
        let arns: Vec<String> = arns.into_iter().map(Into::into).collect();
        if arns.len() > 10 {
            return refused(format!("{} managed session policies are more than 10", arns.len()));
        }
        for arn in &arns {
            if let Err(fault) = check_shape(arn) {
                return refused(format!("the policy ARN {} {fault}", excerpt(arn)));
            }
        }
        Ok(Self(arns))
    }

    /// The ARNs in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tracing::span::{Attributes, Id, Record};
    use tracing::subscriber::with_default;
    use tracing::{Event, Level, Metadata, Subscriber};

    use super::*;

    #[test]
    fn a_policy_is_text_that_sts_can_take() {
        assert!(r#"{"Version":"2012-10-17","Statement":[]}"#.parse::<SessionPolicy>().is_ok());
        for wrong in ["", "  ", "{\u{0}}", "{\"€\":1}"] {
            assert_eq!(
                wrong.parse::<SessionPolicy>().unwrap_err().kind(),
                ErrorKind::MalformedPolicy
            );
        }
    }

    /// Counts the warnings of what runs under it.
    #[derive(Clone, Default)]
    struct Warnings(Arc<AtomicUsize>);

    impl Subscriber for Warnings {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn event(&self, event: &Event<'_>) {
            if *event.metadata().level() == Level::WARN {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    /// The only test here that warns: from another one without a subscriber, `tracing` may
    /// remember that the warning interests nobody.
    #[test]
    fn a_policy_of_more_than_2048_characters_is_taken_with_a_warning() {
        for (length, expected) in [(2048, 0), (2049, 1), (5000, 1)] {
            let warnings = Warnings::default();

            let policy = with_default(warnings.clone(), || {
                format!("{{{}}}", "é".repeat(length - 2)).parse::<SessionPolicy>()
            });

            assert_eq!(policy.unwrap().as_str().chars().count(), length);
            assert_eq!(warnings.0.load(Ordering::SeqCst), expected, "{length}");
        }
    }

    #[test]
    fn ten_policy_arns_are_enough() {
        let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";

        assert_eq!(PolicyArns::new([arn; 10]).unwrap().iter().count(), 10);
        assert!(PolicyArns::new([arn; 11]).is_err());
        assert!(PolicyArns::new(["ReadOnlyAccess"]).is_err());
    }
}
