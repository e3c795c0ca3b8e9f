/// One element of a pattern, after its variables have been filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Glob {
    /// This character and no other.
    Char(char),
    /// `?`: exactly one character.
    AnyChar,
    /// `*`: any run of characters, also none.
    AnyRun,
}

/// Whether letters match those of the other case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Ignored,
}

/// Whether a pattern of `*`, `?` and other characters matches all of a text.
pub fn matches_text(pattern: &str, text: &str) -> bool {
    matches(&globs(pattern), text, Case::Sensitive)
}

fn globs(pattern: &str) -> Vec<Glob> {
    let glob = |c| match c {
        '*' => Glob::AnyRun,
        '?' => Glob::AnyChar,
        other => Glob::Char(other),
    };
    pattern.chars().map(glob).collect()
}

/// Whether a pattern matches all of a text.
///
/// Remembers only the last `*`, so the time is at worst the product of the two lengths, never exponential.
pub(super) fn matches(pattern: &[Glob], text: &str, case: Case) -> bool {
    let (mut rest, mut position) = (text, 0);
    let mut last_run: Option<(usize, &str)> = None;
    loop {
        let mut chars = rest.chars();
        let next = chars.next();
        match (pattern.get(position), next) {
            (Some(Glob::AnyRun), _) => {
                position += 1;
                last_run = Some((position, rest));
                continue;
            }
            (Some(Glob::AnyChar), Some(_)) => {
                (rest, position) = (chars.as_str(), position + 1);
                continue;
            }
            (Some(Glob::Char(wanted)), Some(actual)) if same(*wanted, actual, case) => {
                (rest, position) = (chars.as_str(), position + 1);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        // Stuck: let the last `*` swallow one character more.
        let Some((after_run, start)) = last_run else {
            return false;
        };
        let mut chars = start.chars();
        if chars.next().is_none() {
            return false;
        }
        (rest, position) = (chars.as_str(), after_run);
        last_run = Some((after_run, rest));
    }
}

fn same(wanted: char, actual: char, case: Case) -> bool {
    wanted == actual || (case == Case::Ignored && wanted.to_lowercase().eq(actual.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, written down without a thought for its cost.
    fn naive(pattern: &[Glob], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (None, Some(_)) | (Some((Glob::Char(_) | Glob::AnyChar, _)), None) => false,
            (Some((Glob::AnyRun, rest)), _) => {
                naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..]))
            }
            (Some((Glob::AnyChar, rest)), Some((_, tail))) => naive(rest, tail),
            (Some((Glob::Char(c), rest)), Some((actual, tail))) => c == actual && naive(rest, tail),
        }
    }

    #[track_caller]
    fn check(pattern: &str, text: &str, case: Case, wanted: bool) {
        assert_eq!(matches(&globs(pattern), text, case), wanted, "{pattern} against {text}");
    }

    #[test]
    fn a_star_is_any_run_and_a_question_mark_one_character() {
        check("", "", Case::Sensitive, true);
        check("", "a", Case::Sensitive, false);
        check("*", "", Case::Sensitive, true);
        check("?", "", Case::Sensitive, false);
        check("?", "é", Case::Sensitive, true);
        check("??", "é", Case::Sensitive, false);
        check("a*c", "abcbc", Case::Sensitive, true);
        check("a*c", "abcb", Case::Sensitive, false);
        check("*abc*", "xxababcyy", Case::Sensitive, true);
        check("sts:Assume*", "sts:assumerole", Case::Ignored, true);
        check("sts:Assume*", "sts:assumerole", Case::Sensitive, false);
    }

    #[test]
    fn a_pattern_of_many_stars_takes_no_exponential_time() {
        let pattern = "*a".repeat(200) + "b";

        check(&pattern, &"a".repeat(2_000), Case::Sensitive, false);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?é]{0,8}", text in "[abé]{0,10}") {
            let characters = text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&globs(&pattern), &text, Case::Sensitive), naive(&globs(&pattern), &characters));
        }
    }
}
