//! The constraints on parameters, as the published API model has them.

use std::ops::RangeInclusive;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// What a text parameter may be, and the words in which STS says so.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Length in Unicode scalar values.
    length: (usize, usize),
    pattern: Option<Pattern>,
    visibility: Visibility,
}

/// A regular expression of the API model: the text for the message, and the same thing as a function.
///
/// All patterns of STS are one character class, repeated, or words of one; that needs no regular expression engine.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    text: &'static str,
    empty: Empty,
    allows: fn(char) -> bool,
}

/// Whether a message may quote the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    Shown,
    Sensitive,
}

/// Whether a pattern matches the empty text: `*` or `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Empty {
    Matches,
    Fails,
    /// Nor do empty words between single spaces match.
    FailsInWords,
}

impl Text {
    const fn new(min: usize, max: usize) -> Self {
        Self { length: (min, max), pattern: None, visibility: Visibility::Shown }
    }

    const fn matching(mut self, pattern: Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    const fn sensitive(mut self) -> Self {
        self.visibility = Visibility::Sensitive;
        self
    }

    /// The same constraint with another greatest length.
    #[must_use]
    pub const fn up_to(mut self, max: usize) -> Self {
        self.length.1 = max;
        self
    }

    /// Whether messages leave the value out.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.visibility == Visibility::Sensitive
    }

    /// Whether a value breaks the constraint in any way.
    #[must_use]
    pub fn is_broken_by(&self, value: &str) -> bool {
        self.broken_pattern(value).is_some() || self.broken_length(value).is_some()
    }

    /// The clause about a list of such texts, whichever of them breaks the constraint in whichever way.
    pub(super) fn of_members(&self) -> String {
        let (min, max) = self.length;
        let longest = format!("Member must have length less than or equal to {max}");
        let shortest = format!("Member must have length greater than or equal to {min}");
        let pattern = self.pattern.as_ref().map(|pattern| {
            format!("Member must satisfy regular expression pattern: {}", pattern.text)
        });
        let clauses = [longest, shortest].into_iter().chain(pattern).collect::<Vec<_>>();
        format!("Member must satisfy constraint: [{}]", clauses.join(", "))
    }

    /// The clause about the pattern, if the value breaks it.
    pub(super) fn broken_pattern(&self, value: &str) -> Option<String> {
        let pattern = self.pattern.as_ref().filter(|pattern| !pattern.matches(value))?;
        Some(format!("Member must satisfy regular expression pattern: {}", pattern.text))
    }

    /// The clause about the length, if the value breaks it.
    pub(super) fn broken_length(&self, value: &str) -> Option<String> {
        let length = value.chars().count();
        match self.length {
            (min, _) if length < min => {
                Some(format!("Member must have length greater than or equal to {min}"))
            }
            (_, max) if length > max => {
                Some(format!("Member must have length less than or equal to {max}"))
            }
            _ => None,
        }
    }
}

impl Pattern {
    fn matches(&self, value: &str) -> bool {
        value.chars().all(self.allows)
            && match self.empty {
                Empty::Matches => true,
                Empty::Fails => !value.is_empty(),
                Empty::FailsInWords => value.split(' ').all(|word| !word.is_empty()),
            }
    }
}

/// The clause about the range of a number, if the value breaks it.
pub(super) fn broken_range(value: i32, range: &RangeInclusive<i32>) -> Option<String> {
    if value < *range.start() {
        return Some(format!("Member must have value greater than or equal to {}", range.start()));
    }
    (value > *range.end())
        .then(|| format!("Member must have value less than or equal to {}", range.end()))
}

/// ARNs of any kind.
pub const ARN: Text = Text::new(20, 2048).matching(Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    empty: Empty::Fails,
    // The last range of the pattern is written so that it holds nothing above U+FFFF but by accident; STS refuses those.
    allows: |c| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'),
});

/// `RoleSessionName` and, in the model, `SourceIdentity`.
pub const SESSION_NAME: Text = Text::new(2, 64).matching(NAME);

/// `Name` of `GetFederationToken`.
pub const FEDERATED_NAME: Text = Text::new(2, 32).matching(NAME);

/// `ExternalId`.
pub const EXTERNAL_ID: Text = Text::new(2, 1224).matching(Pattern {
    text: r"[\w+=,.@:\/-]*",
    empty: Empty::Matches,
    allows: |c| is_word(c) || matches!(c, '+' | '=' | ',' | '.' | '@' | ':' | '/' | '-'),
});

/// `SerialNumber` of an MFA device.
pub const SERIAL_NUMBER: Text = Text::new(9, 256).matching(Pattern {
    text: r"[\w+=/:,.@-]*",
    empty: Empty::Matches,
    allows: |c| is_word(c) || matches!(c, '+' | '=' | '/' | ':' | ',' | '.' | '@' | '-'),
});

/// `TokenCode` of an MFA device.
///
/// Marked sensitive nowhere in the model: STS quotes a malformed code.
pub const TOKEN_CODE: Text = Text::new(6, 6).matching(Pattern {
    text: r"[\d]*",
    empty: Empty::Matches,
    allows: |c| c.is_ascii_digit(),
});

/// Inline session policies.
pub const POLICY: Text = Text::new(1, 2048).matching(Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    empty: Empty::Fails,
    allows: |c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FF}'),
});

/// `ScopedSessionDescription`.
pub const SCOPED_SESSION_DESCRIPTION: Text = Text::new(2, 256).matching(Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
    empty: Empty::Matches,
    allows: |c| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{A1}'..='\u{FF}'),
});

/// Keys of session tags.
pub const TAG_KEY: Text = Text::new(1, 128).matching(Pattern {
    text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
    empty: Empty::Fails,
    allows: is_tag_character,
});

/// Values of session tags.
pub const TAG_VALUE: Text = Text::new(0, 256).matching(Pattern {
    text: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    empty: Empty::Matches,
    allows: is_tag_character,
});

/// `WebIdentityToken`.
pub const WEB_IDENTITY_TOKEN: Text = Text::new(4, 20_000).sensitive();

/// `ProviderId` of a legacy OAuth 2.0 provider.
pub const PROVIDER_ID: Text = Text::new(4, 2048);

/// `SAMLAssertion`.
pub const SAML_ASSERTION: Text = Text::new(4, 100_000).sensitive();

/// `ContextAssertion` of a provided context.
pub const CONTEXT_ASSERTION: Text = Text::new(4, 3072);

/// `TargetPrincipal` of `AssumeRoot`.
pub const TARGET_PRINCIPAL: Text = Text::new(12, 2048);

/// `EncodedMessage` of `DecodeAuthorizationMessage`.
pub const ENCODED_MESSAGE: Text = Text::new(1, 10_240);

/// `AccessKeyId` of `GetAccessKeyInfo`.
pub const ACCESS_KEY_ID: Text =
    Text::new(16, 128).matching(Pattern { text: r"[\w]*", empty: Empty::Matches, allows: is_word });

/// `TradeInToken`.
pub const TRADE_IN_TOKEN: Text = Text::new(0, usize::MAX).sensitive();

/// Items of `Audience` of `GetWebIdentityToken`.
pub const AUDIENCE: Text = Text::new(1, 1000);

/// `SigningAlgorithm` of `GetWebIdentityToken`: five characters, and one of two values.
pub const SIGNING_ALGORITHM: Text = Text::new(5, 5);

/// `Scope` of `GetWebIdentityToken`: scope values of RFC 6749 without commas, one space between them.
pub const SCOPE: Text = Text::new(1, 256).matching(Pattern {
    text: r"[\x21\x23-\x2B\x2D-\x5B\x5D-\x7E]+( [\x21\x23-\x2B\x2D-\x5B\x5D-\x7E]+)*",
    empty: Empty::FailsInWords,
    allows: |c| matches!(c, ' '..='~') && !matches!(c, '"' | ',' | '\\'),
});

/// `SubjectMode` of `GetWebIdentityToken`, of which the enumeration is the constraint.
pub const SUBJECT_MODE: Text = Text::new(0, usize::MAX);

const NAME: Pattern = Pattern {
    text: r"[\w+=,.@-]*",
    empty: Empty::Matches,
    allows: |c| is_word(c) || matches!(c, '+' | '=' | ',' | '.' | '@' | '-'),
};

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_tag_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric()
            || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    }
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter
            | GeneralCategoryGroup::Separator
            | GeneralCategoryGroup::Number
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &Text, value: &str, pattern: bool, length: bool) {
        assert_eq!(text.broken_pattern(value).is_none(), pattern, "pattern of {value:?}");
        assert_eq!(text.broken_length(value).is_none(), length, "length of {value:?}");
    }

    #[test]
    fn names_are_ascii_words() {
        check(&SESSION_NAME, "alice+=,.@-_09", true, true);
        check(&SESSION_NAME, "é1", false, true);
        check(&SESSION_NAME, "a b", false, true);
        check(&SESSION_NAME, "", true, false);
        check(&SESSION_NAME, &"a".repeat(65), true, false);
    }

    #[test]
    fn lengths_count_unicode_scalar_values() {
        check(&TAG_KEY, &"é".repeat(128), true, true);
        check(&TAG_KEY, &"é".repeat(129), true, false);
        check(&TAG_KEY, &"\u{10400}".repeat(128), true, true);
    }

    #[test]
    fn arns_end_at_the_basic_plane() {
        check(&ARN, "arn:aws:iam::123:role/é\u{FFFD}", true, true);
        check(&ARN, "arn:aws:iam::123:role/\u{10400}", false, true);
        check(&ARN, "arn:aws:iam::123:role/\u{7F}", false, true);
        check(&ARN, "", false, false);
    }

    #[test]
    fn tags_take_letters_separators_and_numbers_of_any_script() {
        check(&TAG_VALUE, "équipe 1 \u{3000}Ⅷ²:/=+-@", true, true);
        check(&TAG_VALUE, "a\u{301}", false, true);
        check(&TAG_VALUE, "a*b", false, true);
        check(&TAG_VALUE, "a\tb", false, true);
        check(&TAG_VALUE, "", true, true);
    }

    #[test]
    fn a_clause_says_what_would_be_right() {
        assert_eq!(
            SESSION_NAME.broken_length("a").unwrap(),
            "Member must have length greater than or equal to 2"
        );
        assert_eq!(
            broken_range(899, &(900..=43200)).unwrap(),
            "Member must have value greater than or equal to 900"
        );
        assert_eq!(
            broken_range(43201, &(900..=43200)).unwrap(),
            "Member must have value less than or equal to 43200"
        );
        assert_eq!(broken_range(900, &(900..=43200)), None);
    }
}
