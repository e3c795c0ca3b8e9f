use std::fmt::{self, Write};

use stscreds_core::{Credentials, SecretString};

/// A shell whose environment credentials can be put into.
///
/// ```
/// use stscreds_profile::Shell;
/// use stscreds_core::Credentials;
///
/// let exports = Shell::Sh.exports(&Credentials::new("AKIAEXAMPLE", "it's a secret"));
///
/// assert!(exports.expose().contains(r"export AWS_SECRET_ACCESS_KEY='it'\''s a secret'"));
/// assert!(exports.expose().contains("unset AWS_SESSION_TOKEN"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shell {
    /// POSIX shells: sh, bash, zsh, dash.
    Sh,
    /// fish.
    Fish,
    /// PowerShell.
    PowerShell,
}

impl Shell {
    /// The lines that put the credentials into the environment of the shell which
    /// evaluates them, quoted.
    ///
    /// A variable that these credentials have no value for is removed: with the session
    /// token of others, under its present or its older name, keys would be refused.
    #[must_use]
    pub fn exports(self, credentials: &Credentials) -> SecretString {
        let token = credentials.session_token().map(SecretString::expose);
        let expiry = credentials.expires_at().map(|expiry| expiry.to_string());
        let variables = [
            ("AWS_ACCESS_KEY_ID", Some(credentials.access_key_id())),
            ("AWS_SECRET_ACCESS_KEY", Some(credentials.secret_access_key().expose())),
            ("AWS_SESSION_TOKEN", token),
            // Its older name, which botocore and this library read first.
            ("AWS_SECURITY_TOKEN", None),
            ("AWS_CREDENTIAL_EXPIRATION", expiry.as_deref()),
            ("AWS_ACCOUNT_ID", credentials.account_id()),
        ];
        // Enough for every value quoted, so that the text is not moved and a copy left behind.
        let room = variables.iter().map(|(_, value)| 128 + 4 * value.map_or(0, str::len)).sum();
        let mut lines = String::with_capacity(room);
        for (name, value) in variables {
            // To write to a string does not fail.
            let _ = match value {
                Some(value) => self.set(&mut lines, name, value),
                None => self.remove(&mut lines, name),
            };
        }
        lines.into()
    }

    /// Appends the line that sets an exported variable, its value quoted.
    ///
    /// # Errors
    ///
    /// None: writing to a string does not fail.
    pub fn set(self, lines: &mut String, name: &str, value: &str) -> fmt::Result {
        match self {
            Self::Sh => writeln!(lines, "export {name}='{}'", Escaped(value, &[('\'', r"'\''")])),
            Self::Fish => {
                let escapes = [('\\', r"\\"), ('\'', r"\'")];
                writeln!(lines, "set -gx {name} '{}';", Escaped(value, &escapes))
            }
            Self::PowerShell => {
                writeln!(lines, "$Env:{name} = '{}'", Escaped(value, &POWER_SHELL_QUOTES))
            }
        }
    }

    /// Appends the line that removes a variable.
    ///
    /// # Errors
    ///
    /// None: writing to a string does not fail.
    pub fn remove(self, lines: &mut String, name: &str) -> fmt::Result {
        match self {
            Self::Sh => writeln!(lines, "unset {name}"),
            Self::Fish => writeln!(lines, "set -e {name};"),
            Self::PowerShell => {
                writeln!(lines, "Remove-Item Env:{name} -ErrorAction SilentlyContinue")
            }
        }
    }
}

/// All that end a single-quoted text, the typographic ones too
/// ([about_Quoting_Rules](https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules)).
const POWER_SHELL_QUOTES: [(char, &str); 5] = [
    ('\'', "''"),
    ('\u{2018}', "\u{2018}\u{2018}"),
    ('\u{2019}', "\u{2019}\u{2019}"),
    ('\u{201a}', "\u{201a}\u{201a}"),
    ('\u{201b}', "\u{201b}\u{201b}"),
];

/// A text with some characters written otherwise, and without a copy in between.
struct Escaped<'a>(&'a str, &'a [(char, &'a str)]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text, escapes) = self;
        text.chars().try_for_each(|c| match escapes.iter().find(|(escaped, _)| *escaped == c) {
            Some((_, instead)) => f.write_str(instead),
            None => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use stscreds_core::Timestamp;

    use super::*;

    fn session() -> Credentials {
        Credentials::builder("ASIAEXAMPLE", r"a'b\c$d`e")
            .session_token("to ken")
            .expires_at(Timestamp::from_unix_seconds(2_000_000_000))
            .account_id("111122223333")
            .build()
    }

    #[track_caller]
    fn check(shell: Shell, credentials: &Credentials, expected: [&str; 6]) {
        let exports = shell.exports(credentials);
        assert_eq!(exports.expose().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_shell_has_its_quotes() {
        check(
            Shell::Sh,
            &session(),
            [
                "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'",
                r"export AWS_SECRET_ACCESS_KEY='a'\''b\c$d`e'",
                "export AWS_SESSION_TOKEN='to ken'",
                "unset AWS_SECURITY_TOKEN",
                "export AWS_CREDENTIAL_EXPIRATION='2033-05-18T03:33:20Z'",
                "export AWS_ACCOUNT_ID='111122223333'",
            ],
        );
        check(
            Shell::Fish,
            &session(),
            [
                "set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE';",
                r"set -gx AWS_SECRET_ACCESS_KEY 'a\'b\\c$d`e';",
                "set -gx AWS_SESSION_TOKEN 'to ken';",
                "set -e AWS_SECURITY_TOKEN;",
                "set -gx AWS_CREDENTIAL_EXPIRATION '2033-05-18T03:33:20Z';",
                "set -gx AWS_ACCOUNT_ID '111122223333';",
            ],
        );
        check(
            Shell::PowerShell,
            &session(),
            [
                "$Env:AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'",
                r"$Env:AWS_SECRET_ACCESS_KEY = 'a''b\c$d`e'",
                "$Env:AWS_SESSION_TOKEN = 'to ken'",
                "Remove-Item Env:AWS_SECURITY_TOKEN -ErrorAction SilentlyContinue",
                "$Env:AWS_CREDENTIAL_EXPIRATION = '2033-05-18T03:33:20Z'",
                "$Env:AWS_ACCOUNT_ID = '111122223333'",
            ],
        );
    }

    #[test]
    fn what_long_term_keys_do_not_have_is_removed() {
        let keys = Credentials::new("AKIAEXAMPLE", "s");
        let removed = |shell: Shell| {
            let exports = shell.exports(&keys);
            exports.expose().lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
        };

        let names = [
            "AWS_SESSION_TOKEN",
            "AWS_SECURITY_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_ACCOUNT_ID",
        ];
        assert_eq!(removed(Shell::Sh), names.map(|name| format!("unset {name}")));
        assert_eq!(removed(Shell::Fish), names.map(|name| format!("set -e {name};")));
        assert!(removed(Shell::PowerShell)[0].starts_with("Remove-Item Env:AWS_SESSION_TOKEN"));
    }
    /// PowerShell ends a single-quoted text at each of them, and takes two for one.
    #[test]
    fn typographic_quotes_end_no_text_of_powershell() {
        let keys = Credentials::new("AKIA", "a\u{2018}b\u{2019}c\u{201a}d\u{201b}e'f");

        let exports = Shell::PowerShell.exports(&keys);

        let line = exports.expose().lines().nth(1).unwrap().to_owned();
        let quoted = "'a\u{2018}\u{2018}b\u{2019}\u{2019}c\u{201a}\u{201a}d\u{201b}\u{201b}e''f'";
        assert_eq!(line, format!("$Env:AWS_SECRET_ACCESS_KEY = {quoted}"));
    }
}
