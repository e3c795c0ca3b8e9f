use std::fmt::{self, Write};

use stscreds_core::{Credentials, Expires, SecretString};

/// A shell whose environment credentials can be put into.
///
/// ```
/// use stscreds_aws_sdk::Shell;
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
    /// token of others, long-term keys would be refused.
    #[must_use]
    pub fn exports(self, credentials: &Credentials) -> SecretString {
        let token = credentials.session_token().map(SecretString::expose);
        let expiry = credentials.expires_at().map(|expiry| expiry.to_string());
        let variables = [
            ("AWS_ACCESS_KEY_ID", Some(credentials.access_key_id())),
            ("AWS_SECRET_ACCESS_KEY", Some(credentials.secret_access_key().expose())),
            ("AWS_SESSION_TOKEN", token),
            ("AWS_CREDENTIAL_EXPIRATION", expiry.as_deref()),
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

    fn set(self, lines: &mut String, name: &str, value: &str) -> fmt::Result {
        match self {
            Self::Sh => writeln!(lines, "export {name}='{}'", Escaped(value, &[('\'', r"'\''")])),
            Self::Fish => {
                let escapes = [('\\', r"\\"), ('\'', r"\'")];
                writeln!(lines, "set -gx {name} '{}';", Escaped(value, &escapes))
            }
            Self::PowerShell => {
                writeln!(lines, "$Env:{name} = '{}'", Escaped(value, &[('\'', "''")]))
            }
        }
    }

    fn remove(self, lines: &mut String, name: &str) -> fmt::Result {
        match self {
            Self::Sh => writeln!(lines, "unset {name}"),
            Self::Fish => writeln!(lines, "set -e {name};"),
            Self::PowerShell => {
                writeln!(lines, "Remove-Item Env:{name} -ErrorAction SilentlyContinue")
            }
        }
    }
}

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
            .build()
    }

    #[track_caller]
    fn check(shell: Shell, credentials: &Credentials, expected: [&str; 4]) {
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
                "export AWS_CREDENTIAL_EXPIRATION='2033-05-18T03:33:20Z'",
            ],
        );
        check(
            Shell::Fish,
            &session(),
            [
                "set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE';",
                r"set -gx AWS_SECRET_ACCESS_KEY 'a\'b\\c$d`e';",
                "set -gx AWS_SESSION_TOKEN 'to ken';",
                "set -gx AWS_CREDENTIAL_EXPIRATION '2033-05-18T03:33:20Z';",
            ],
        );
        check(
            Shell::PowerShell,
            &session(),
            [
                "$Env:AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'",
                r"$Env:AWS_SECRET_ACCESS_KEY = 'a''b\c$d`e'",
                "$Env:AWS_SESSION_TOKEN = 'to ken'",
                "$Env:AWS_CREDENTIAL_EXPIRATION = '2033-05-18T03:33:20Z'",
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

        assert_eq!(
            removed(Shell::Sh),
            ["unset AWS_SESSION_TOKEN", "unset AWS_CREDENTIAL_EXPIRATION"]
        );
        assert_eq!(
            removed(Shell::Fish),
            ["set -e AWS_SESSION_TOKEN;", "set -e AWS_CREDENTIAL_EXPIRATION;"]
        );
        assert!(removed(Shell::PowerShell)[0].starts_with("Remove-Item Env:AWS_SESSION_TOKEN"));
    }
}
