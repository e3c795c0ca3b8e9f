use std::path::Path;

use clap::ValueEnum;
use stscreds::aws_sdk::{Environment, Shell};
use stscreds::core::SecretString;

use crate::failure::Failure;

/// The form in which variables are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// sh, bash, zsh, dash.
    Sh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    /// The command prompt of Windows.
    Cmd,
    /// NAME=value, for docker --env-file and the like.
    Dotenv,
    Json,
}

/// A variable, and its value or that it must not be set.
pub(crate) type Variable<'a> = (&'a str, Option<&'a str>);

impl Format {
    /// The form of the user's shell.
    pub(crate) fn of(environment: &Environment) -> Self {
        let shell = environment.get("SHELL").map(Path::new).and_then(Path::file_name);
        match shell.and_then(|name| name.to_str()) {
            Some("fish") => Self::Fish,
            Some("pwsh" | "pwsh.exe" | "powershell.exe") => Self::PowerShell,
            None if cfg!(windows) => Self::PowerShell,
            _ => Self::Sh,
        }
    }

    /// The variables, as a program of this form reads them.
    pub(crate) fn lines(self, variables: &[Variable<'_>]) -> Result<SecretString, Failure> {
        // Enough for every value quoted, so that the text is not moved and a copy left behind.
        let room = variables.iter().map(|(_, value)| 256 + 4 * value.map_or(0, str::len)).sum();
        let mut lines = String::with_capacity(room);
        if self == Self::Json {
            let values = variables.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
            let object: serde_json::Map<_, _> =
                values.map(|(name, value)| (name.to_owned(), value.into())).collect();
            lines.push_str(&serde_json::Value::Object(object).to_string());
            lines.push('\n');
            return Ok(lines.into());
        }
        for (name, value) in variables {
            match (self.shell(), value) {
                // Writing to a string does not fail.
                (Some(shell), Some(value)) => _ = shell.set(&mut lines, name, value),
                (Some(shell), None) => _ = shell.remove(&mut lines, name),
                (None, Some(value)) => self.assign(&mut lines, name, value)?,
                (None, None) if self == Self::Cmd => {
                    lines.push_str("set \"");
                    lines.push_str(name);
                    lines.push_str("=\"\r\n");
                }
                (None, None) => {}
            }
        }
        Ok(lines.into())
    }

    /// What a shell evaluates instead of credentials: nothing is left of others, and the
    /// command line fails.
    pub(crate) fn failure(self, names: &[&str]) -> String {
        let removed: Vec<Variable<'_>> = names.iter().map(|name| (*name, None)).collect();
        let removed = match self {
            Self::Json | Self::Dotenv => return String::new(),
            _ => self.lines(&removed),
        };
        let ending = match self {
            Self::PowerShell => "Write-Error 'stscreds failed'\n",
            Self::Cmd => "exit /b 1\r\n",
            _ => "false\n",
        };
        removed.map(|lines| lines.expose().to_owned()).unwrap_or_default() + ending
    }

    fn shell(self) -> Option<Shell> {
        match self {
            Self::Sh => Some(Shell::Sh),
            Self::Fish => Some(Shell::Fish),
            Self::PowerShell => Some(Shell::PowerShell),
            Self::Cmd | Self::Dotenv | Self::Json => None,
        }
    }

    /// The forms without quotes: a value that would need them is refused.
    fn assign(self, lines: &mut String, name: &str, value: &str) -> Result<(), Failure> {
        let needs_quotes = |c: char| c.is_control() || (self == Self::Cmd && "\"%!^".contains(c));
        if value.chars().any(needs_quotes) {
            return Err(Failure::other(format!(
                "the value of {name} has a character that this format cannot express; use \
                 another --format"
            )));
        }
        let (before, between, after) = match self {
            Self::Cmd => ("set \"", "=", "\"\r\n"),
            _ => ("", "=", "\n"),
        };
        for part in [before, name, between, value, after] {
            lines.push_str(part);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: Format, expected: &str) {
        let lines = format.lines(&[("A", Some("a/+=")), ("B", None)]).unwrap();
        assert_eq!(lines.expose(), expected);
    }

    #[test]
    fn every_form_sets_and_removes() {
        check(Format::Sh, "export A='a/+='\nunset B\n");
        check(Format::Fish, "set -gx A 'a/+=';\nset -e B;\n");
        check(
            Format::PowerShell,
            "$Env:A = 'a/+='\nRemove-Item Env:B -ErrorAction SilentlyContinue\n",
        );
        check(Format::Cmd, "set \"A=a/+=\"\r\nset \"B=\"\r\n");
        check(Format::Dotenv, "A=a/+=\n");
        check(Format::Json, "{\"A\":\"a/+=\"}\n");
    }

    #[test]
    fn a_form_without_quotes_refuses_what_needs_them() {
        for (format, value) in [(Format::Dotenv, "a\nB=c"), (Format::Cmd, "a\"&calc&\"")] {
            let failure = format.lines(&[("A", Some(value))]).unwrap_err();
            assert!(!failure.to_string().contains(value), "{failure}");
        }
    }

    #[test]
    fn a_failure_removes_and_fails() {
        assert_eq!(Format::Sh.failure(&["A"]), "unset A\nfalse\n");
        assert_eq!(Format::Fish.failure(&["A"]), "set -e A;\nfalse\n");
        assert_eq!(Format::Json.failure(&["A"]), "");
    }

    #[test]
    fn the_form_is_that_of_the_shell() {
        let of = |shell| Format::of(&[("SHELL", shell)].into_iter().collect());

        assert_eq!(of("/usr/bin/fish"), Format::Fish);
        assert_eq!(of("/opt/microsoft/powershell/7/pwsh"), Format::PowerShell);
        assert_eq!(of("/bin/zsh"), Format::Sh);
    }
}
