use std::fmt::Write as _;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::constraint::broken_range;
use super::text::beginning;
use super::{ErrorCode, Form, Refusal, Text};

/// Reads the parameters of one operation, and collects everything that is wrong with them.
///
/// STS does not stop at the first mistake: one response names all broken constraints. Readers return a placeholder for what is missing or wrong;
/// [`finish`](Self::finish) must come before any of it is used.
///
/// A request of ten megabytes costs as much to refuse as one of ten kilobytes: at most 32 KiB of violations are spelled out,
/// the rest are counted, and a value is quoted up to 4 KiB. The limits of the real service are not known.
#[derive(Debug)]
pub struct Input<'a> {
    form: &'a Form<'a>,
    order: ClauseOrder,
    malformed: Option<Refusal>,
    violations: Vec<String>,
    /// The bytes of the violations so far, and how many there are beyond the limit.
    spelled: usize,
    unspelled: usize,
}

/// Which clause comes first when a value breaks both its pattern and its length.
///
/// STS has been seen to do either, the pattern first in 17 of 20 answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClauseOrder {
    /// The pattern, then the length.
    #[default]
    PatternFirst,
    /// The length, then the pattern.
    LengthFirst,
}

impl<'a> Input<'a> {
    /// A reader of a form.
    #[must_use]
    pub fn new(form: &'a Form<'a>, order: ClauseOrder) -> Self {
        Self { form, order, malformed: None, violations: Vec::new(), spelled: 0, unspelled: 0 }
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str, text: &Text) -> &'a str {
        let value = self.form.first(name);
        self.required_value(|| field(name), value, text)
    }

    /// A text that may be absent.
    pub fn optional(&mut self, name: &str, text: &Text) -> Option<&'a str> {
        let value = self.form.first(name)?;
        self.check(|| field(name), value, text);
        Some(value)
    }

    /// A whole number that may be absent.
    pub fn optional_integer(&mut self, name: &str, range: &RangeInclusive<i32>) -> Option<i32> {
        let value = self.form.first(name)?;
        let number = match integer(value) {
            Ok(number) => number,
            Err(refusal) => {
                self.malformed.get_or_insert(refusal);
                return None;
            }
        };
        if let Some(clause) = broken_range(number, range) {
            self.violation(&shown(&number.to_string()), &field(name), &clause);
        }
        Some(number)
    }

    /// A list of texts: `Name.member.1=..`.
    ///
    /// One violation for all of them, in the form that was recorded of another service with the same front end.
    pub fn list(&mut self, name: &str, text: &Text) -> Vec<&'a str> {
        let members = self.form.members(name);
        let values = members.iter().filter_map(|member| member.first("")).collect::<Vec<_>>();
        if values.iter().any(|value| text.is_broken_by(value)) {
            self.violation("Value", &field(name), &text.of_members());
        }
        values
    }

    /// A list of structures, each with the named fields; the texts come in the order of the fields.
    pub fn structures<const N: usize>(
        &mut self,
        name: &str,
        fields: [(&str, &Text); N],
    ) -> Vec<[&'a str; N]> {
        let members = self.form.members(name);
        let structures = members.iter().enumerate().map(|(at, member)| {
            fields.map(|(key, text)| {
                let path = || format!("{}.{}.member.{}", field(name), at + 1, field(key));
                self.required_value(path, member.first(key), text)
            })
        });
        structures.collect()
    }

    /// As [`structures`](Self::structures), for fields that may be absent.
    pub fn optional_structures<const N: usize>(
        &mut self,
        name: &str,
        fields: [(&str, &Text); N],
    ) -> Vec<[Option<&'a str>; N]> {
        let members = self.form.members(name);
        let structures = members.iter().enumerate().map(|(at, member)| {
            fields.map(|(key, text)| {
                let value = member.first(key)?;
                let path = || format!("{}.{}.member.{}", field(name), at + 1, field(key));
                self.check(path, value, text);
                Some(value)
            })
        });
        structures.collect()
    }

    /// The one field of a structure that must be there: `TaskPolicyArn.arn=..`.
    pub fn required_member(&mut self, name: &str, key: &str, text: &Text) -> &'a str {
        match self.form.first(&format!("{name}.{key}")) {
            Some(value) => {
                self.required_value(|| format!("{}.{key}", field(name)), Some(value), text)
            }
            None => self.required_value(|| field(name), None, text),
        }
    }

    /// As [`list_length`](Self::list_length), for a list that must be there.
    pub fn required_list(&mut self, name: &str, length: usize, range: &RangeInclusive<usize>) {
        // `Name=` is an empty list, which counts as none.
        if length == 0 && self.form.first(name).is_none_or(str::is_empty) {
            self.violation("Value null", &field(name), "Member must not be null");
        } else {
            self.list_length(name, length, range);
        }
    }

    /// A violation of the length of a list, if it is too short or too long.
    pub fn list_length(&mut self, name: &str, length: usize, range: &RangeInclusive<usize>) {
        let clause = if length < *range.start() {
            format!("Member must have length greater than or equal to {}", range.start())
        } else if length > *range.end() {
            format!("Member must have length less than or equal to {}", range.end())
        } else {
            return;
        };
        // What STS prints for the value of a list is not known; it is left out, as for sensitive members.
        self.violation("Value", &field(name), &clause);
    }

    /// A violation of an enumeration, if the value is none of its members.
    pub fn enumeration(&mut self, name: &str, value: &str, members: &[&str]) {
        if !members.contains(&value) {
            let clause = format!("Member must satisfy enum value set: [{}]", members.join(", "));
            self.violation(&shown(value), &field(name), &clause);
        }
    }

    /// Whether a parameter that must be there is absent or breaks a constraint.
    ///
    /// # Errors
    ///
    /// `MalformedInput` for the first number that is none, else one `ValidationError` with every broken constraint.
    pub fn finish(self) -> Result<(), Refusal> {
        if let Some(malformed) = self.malformed {
            return Err(malformed);
        }
        let count = self.violations.len() + self.unspelled;
        if count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        let mut message = String::new();
        let _ = write!(
            message,
            "{count} validation error{plural} detected: {}",
            self.violations.join("; ")
        );
        if self.unspelled > 0 {
            let _ = write!(message, "; and {} more", self.unspelled);
        }
        Err(Refusal::new(ErrorCode::ValidationError, message))
    }

    fn required_value(
        &mut self,
        path: impl FnOnce() -> String,
        value: Option<&'a str>,
        text: &Text,
    ) -> &'a str {
        let Some(value) = value else {
            if self.is_full() {
                self.unspelled += 1;
            } else {
                self.violation("Value null", &path(), "Member must not be null");
            }
            return "";
        };
        self.check(path, value, text);
        value
    }

    /// What is in order is not spelled: the path, and the value in quotes, are made only for who is told of them.
    fn check(&mut self, path: impl FnOnce() -> String, value: &str, text: &Text) {
        let (pattern, length) = (text.broken_pattern(value), text.broken_length(value));
        if pattern.is_none() && length.is_none() {
            return;
        }
        if self.is_full() {
            self.unspelled += usize::from(pattern.is_some()) + usize::from(length.is_some());
            return;
        }
        let path = path();
        let clauses = match self.order {
            ClauseOrder::PatternFirst => [pattern, length],
            ClauseOrder::LengthFirst => [length, pattern],
        };
        let quoted = if text.is_sensitive() { "Value".to_owned() } else { shown(value) };
        for clause in clauses.into_iter().flatten() {
            self.violation(&quoted, &path, &clause);
        }
    }

    fn violation(&mut self, value: &str, path: &str, clause: &str) {
        if self.is_full() {
            self.unspelled += 1;
            return;
        }
        let violation = format!("{value} at '{path}' failed to satisfy constraint: {clause}");
        self.spelled += violation.len();
        self.violations.push(violation);
    }

    fn is_full(&self) -> bool {
        self.spelled > VIOLATION_LIMIT
    }
}

/// A 32-bit number, with or without sign and leading zeros.
fn integer(text: &str) -> Result<i32, Refusal> {
    if text.is_empty() {
        return Err(Refusal::new(ErrorCode::MalformedInput, "missing value for decimal type"));
    }
    text.parse().map_err(|_| Refusal::bare(ErrorCode::MalformedInput))
}

fn shown(value: &str) -> String {
    let quoted = beginning(value, QUOTE_LIMIT);
    let cut = if quoted.len() < value.len() { ".." } else { "" };
    format!("Value '{quoted}{cut}'")
}

/// Each clause has a value and a path, so that the whole message stays below twice this.
const VIOLATION_LIMIT: usize = 32 * 1024;

/// Twice the greatest policy.
const QUOTE_LIMIT: usize = 4096;

/// The name of a parameter as messages spell it: with a small first letter, `SAMLAssertion` as `sAMLAssertion`.
fn field(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::constraint::{ARN, SESSION_NAME, TAG_KEY, TAG_VALUE, WEB_IDENTITY_TOKEN};

    fn refusal(body: &str, read: impl FnOnce(&mut Input<'_>)) -> Option<Refusal> {
        let form = Form::parse(b"", body.as_bytes()).unwrap();
        let mut input = Input::new(&form, ClauseOrder::PatternFirst);
        read(&mut input);
        input.finish().err()
    }

    #[track_caller]
    fn check(body: &str, read: impl FnOnce(&mut Input<'_>), wanted: &str) {
        assert_eq!(refusal(body, read).map(|refusal| refusal.to_string()).as_deref(), Some(wanted));
    }

    #[test]
    fn all_violations_are_told_at_once() {
        check(
            "RoleArn=",
            |input| {
                input.required("RoleArn", &ARN);
                input.required("RoleSessionName", &SESSION_NAME);
                input.optional_integer("DurationSeconds", &(900..=43200));
            },
            r"ValidationError: 3 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+; Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
        );
    }

    #[test]
    fn sensitive_values_are_not_quoted() {
        check(
            "WebIdentityToken=abc",
            |input| {
                input.required("WebIdentityToken", &WEB_IDENTITY_TOKEN);
            },
            "ValidationError: 1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
        );
    }

    #[test]
    fn members_of_lists_are_named_by_position() {
        check(
            "Tags.member.7.Key=a&Tags.member.9.Value=b",
            |input| {
                input.structures("Tags", [("Key", &TAG_KEY), ("Value", &TAG_VALUE)]);
            },
            "ValidationError: 2 validation errors detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null; Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
        );
    }

    #[test]
    fn fields_that_may_be_absent_are_checked_only_where_they_are() {
        let read = |input: &mut Input<'_>| {
            input.optional_structures("PolicyArns", [("arn", &ARN)]);
        };

        assert_eq!(refusal("PolicyArns.member.1.Arn=x", read), None);
        check(
            "PolicyArns.member.1=&PolicyArns.member.2.arn=short",
            read,
            "ValidationError: 1 validation error detected: Value 'short' at 'policyArns.2.member.arn' failed to satisfy constraint: Member must have length greater than or equal to 20",
        );
    }

    #[track_caller]
    fn check_integer(text: &str, wanted: Option<&str>) {
        let body = format!("DurationSeconds={text}");
        let refusal = refusal(&body, |input| {
            input.optional_integer("DurationSeconds", &(900..=43200));
        });
        assert_eq!(refusal.map(|refusal| refusal.to_string()).as_deref(), wanted, "{text}");
    }

    #[test]
    fn integers_are_read_as_sts_does() {
        check_integer("900", None);
        check_integer("%2B900", None);
        check_integer("0900", None);
        check_integer("abc", Some("MalformedInput"));
        check_integer("900.0", Some("MalformedInput"));
        check_integer("2147483648", Some("MalformedInput"));
        check_integer("", Some("MalformedInput: missing value for decimal type"));
        check_integer(
            "899",
            Some(
                "ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
            ),
        );
    }
}
