use std::borrow::Cow;

use super::context::{Context, lower};
use super::version::Version;
use super::wildcard::{self, Case, Glob};

/// A text of a policy in which `${..}` stands for values of the request.
///
/// Variables exist since version 2012-10-17; in older policies the same characters are ordinary text. What a variable brings in is taken
/// literally: a `*` in a tag's value is no wildcard.
///
/// See [policy variables](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
#[derive(Clone, Debug)]
pub(super) enum Template {
    /// Without variables, as nearly all are: matched as it stands.
    Fixed(Box<[Glob]>),
    /// Filled in anew for each request.
    Variable(Box<[Piece]>),
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Glob(Glob),
    Variable { key: Box<str>, default: Option<Box<str>> },
}

/// What `*` and `?` mean in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wildcards {
    /// They match other characters.
    Match,
    /// They are characters like any other.
    Literal,
}

impl Template {
    pub(super) fn parse(text: &str, wildcards: Wildcards, version: Version) -> Self {
        let pieces = pieces(text, wildcards, version);
        let globs = pieces.iter().map(|piece| match piece {
            Piece::Glob(glob) => Some(glob.clone()),
            Piece::Variable { .. } => None,
        });
        match globs.collect() {
            Some(fixed) => Self::Fixed(fixed),
            None => Self::Variable(pieces.into()),
        }
    }

    /// Whether the text, filled in from the context, matches. One that needs an absent key matches nothing.
    pub(super) fn matches(&self, text: &str, case: Case, context: &Context) -> bool {
        self.resolve(context).is_some_and(|globs| wildcard::matches(&globs, text, case))
    }

    /// The pattern with its variables filled in, or `None` when one has neither a value nor a default.
    pub(super) fn resolve(&self, context: &Context) -> Option<Cow<'_, [Glob]>> {
        let pieces = match self {
            Self::Fixed(globs) => return Some(Cow::Borrowed(globs)),
            Self::Variable(pieces) => pieces,
        };
        let mut globs = Vec::with_capacity(pieces.len() + 32);
        for piece in pieces {
            match piece {
                Piece::Glob(glob) => globs.push(glob.clone()),
                Piece::Variable { key, default } => {
                    let value = match context.get(key) {
                        Some([only]) => only.as_str(),
                        // A multivalued key cannot stand in a text.
                        Some(_) => return None,
                        None => default.as_deref()?,
                    };
                    globs.extend(value.chars().map(Glob::Char));
                }
            }
        }
        Some(Cow::Owned(globs))
    }
}

fn pieces(text: &str, wildcards: Wildcards, version: Version) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if version == Version::V2012
            && let Some((piece, after)) = variable(rest)
        {
            pieces.push(piece);
            rest = after;
            continue;
        }
        pieces.push(Piece::Glob(match (first, wildcards) {
            ('*', Wildcards::Match) => Glob::AnyRun,
            ('?', Wildcards::Match) => Glob::AnyChar,
            (other, _) => Glob::Char(other),
        }));
        rest = &rest[first.len_utf8()..];
    }
    pieces
}

/// Reads `${key}`, `${key, 'default'}`, `${*}`, `${?}` or `${$}` at the start of a text.
fn variable(text: &str) -> Option<(Piece, &str)> {
    let inside = text.strip_prefix("${")?;
    if let Some((literal @ ("*" | "?" | "$"), after)) = inside.split_once('}') {
        return literal.chars().next().map(|c| (Piece::Glob(Glob::Char(c)), after));
    }
    // The default stands in quotes and may hold a brace itself.
    if let Some((key, quoted)) = inside.split_once(',')
        && !key.contains('}')
        && let Some(quoted) = quoted.trim_start().strip_prefix('\'')
        && let Some((default, after)) = quoted.split_once('\'')
        && let Some(after) = after.trim_start().strip_prefix('}')
    {
        return Some((variable_piece(key, Some(default)), after));
    }
    let (key, after) = inside.split_once('}')?;
    Some((variable_piece(key, None), after))
}

fn variable_piece(key: &str, default: Option<&str>) -> Piece {
    Piece::Variable { key: lower(key.trim()).into(), default: default.map(Into::into) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        let mut context =
            Context::new().with("aws:username", "alice").with("aws:PrincipalTag/star", "*");
        context.set_many("aws:TagKeys", ["a", "b"]);
        context
    }

    #[track_caller]
    fn check(template: &str, text: &str, wanted: bool) {
        let template = Template::parse(template, Wildcards::Match, Version::V2012);
        assert_eq!(
            template.matches(text, Case::Sensitive, &context()),
            wanted,
            "{template:?} against {text}"
        );
    }

    #[test]
    fn variables_stand_for_values_of_the_request() {
        check("user/${aws:username}", "user/alice", true);
        check("user/${AWS:UserName}/*", "user/alice/x", true);
        check("user/${aws:username}", "user/bob", false);
        check("${aws:username}${aws:username}", "alicealice", true);
    }

    #[test]
    fn a_default_is_used_only_when_the_key_is_absent() {
        check("${aws:username, 'nobody'}", "alice", true);
        check("${aws:none, 'no}body'}", "no}body", true);
        check("${aws:none,'x'}-y", "x-y", true);
    }

    #[test]
    fn a_variable_without_a_value_matches_nothing() {
        check("${aws:none}", "", false);
        check("*${aws:none}*", "anything", false);
        check("${aws:TagKeys}", "a", false);
    }

    #[test]
    fn literals_and_values_are_no_wildcards() {
        check("a${*}b", "a*b", true);
        check("a${*}b", "axb", false);
        check("${?}", "x", false);
        check("${$}{x}", "${x}", true);
        check("${aws:PrincipalTag/star}", "anything", false);
        check("${aws:PrincipalTag/star}", "*", true);
    }

    #[test]
    fn unfinished_variables_are_ordinary_text() {
        check("a${b", "a${b", true);
        check("$", "$", true);
        check("${", "${", true);
    }

    #[test]
    fn the_old_version_knows_no_variables() {
        let template = Template::parse("${aws:username}", Wildcards::Match, Version::V2008);

        assert!(template.matches("${aws:username}", Case::Sensitive, &context()));
        assert!(!template.matches("alice", Case::Sensitive, &context()));
    }
}
