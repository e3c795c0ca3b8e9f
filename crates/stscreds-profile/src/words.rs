/// The words of a command line or a section's name, as Python's `shlex.split` finds
/// them: quotes and backslashes of a POSIX shell, nothing else of it, and no comments.
///
/// `None` if a quotation or an escape does not end.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(words(text).unwrap(), expected, "{text}");
    }

    #[test]
    fn words_are_those_of_shlex() {
        check("", &[]);
        check("profile dev", &["profile", "dev"]);
        check("profile \t dev", &["profile", "dev"]);
        check(r#"profile "with space""#, &["profile", "with space"]);
        check(r"profile 'a\b'", &["profile", r"a\b"]);
        check(r#"a"b"'c'd"#, &["abcd"]);
        check(r#"say "a \"quoted\" \x" ''"#, &["say", r#"a "quoted" \x"#, ""]);
        check(r"a\ b \#c #d", &["a b", "#c", "#d"]);
        check("é 'ü'", &["é", "ü"]);
    }

    #[test]
    fn what_does_not_end_has_no_words() {
        for text in ["'", "a \"b", "a\\", "\"\\"] {
            assert_eq!(words(text), None, "{text}");
        }
    }
}
