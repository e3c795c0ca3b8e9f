use std::fmt::Write as _;

use clap::ValueEnum;
use fake_sts::Environment;
use serde_json::{Map, Value};

/// In which form clients are told where the fake is and who they are.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For bash, zsh and the like.
    Sh,
    /// For fish.
    Fish,
    /// For PowerShell.
    Powershell,
    /// Names and values, as docker and many libraries read them.
    Dotenv,
    /// An object; what must not be set is null.
    Json,
}

/// Variables to set, and others to remove.
pub(super) struct Variables {
    set: Vec<(&'static str, String)>,
    removed: Vec<&'static str>,
}

impl Variables {
    pub(super) fn new(environment: &Environment, control_token: Option<&str>) -> Self {
        let mut set = environment.variables();
        set.extend(control_token.map(|token| ("FAKE_STS_CONTROL_TOKEN", token.to_owned())));
        Self { set, removed: environment.removed() }
    }

    pub(super) fn text(&self, format: Format) -> String {
        match format {
            Format::Sh => self.lines(
                |name, value| format!("export {name}={}", sh(value)),
                |names| format!("unset {}", names.join(" ")),
            ),
            Format::Fish => self.lines(
                |name, value| format!("set -gx {name} {}", fish(value)),
                |names| format!("set -e {}", names.join(" ")),
            ),
            Format::Powershell => self.lines(
                |name, value| format!("$env:{name} = '{}'", value.replace('\'', "''")),
                |names| format!("Remove-Item Env:{} -ErrorAction Ignore", names.join(", Env:")),
            ),
            // There are no words for what must not be set.
            Format::Dotenv => {
                self.lines(|name, value| format!("{name}={value}"), |_| String::new())
            }
            Format::Json => self.json(),
        }
    }

    fn lines(
        &self,
        set: impl Fn(&str, &str) -> String,
        remove: impl Fn(&[&str]) -> String,
    ) -> String {
        let set = self.set.iter().map(|(name, value)| set(name, value));
        let removed = self.removed.chunks(NAMES).map(remove).filter(|line| !line.is_empty());
        set.chain(removed).fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        })
    }

    fn json(&self) -> String {
        let set = self.set.iter().map(|(name, value)| (*name, Value::from(value.as_str())));
        let removed = self.removed.iter().map(|name| (*name, Value::Null));
        let object = set.chain(removed).map(|(name, value)| (name.to_owned(), value));
        format!("{:#}\n", Value::Object(object.collect::<Map<_, _>>()))
    }
}

/// As many names are in a line as can be read at a glance.
const NAMES: usize = 3;

/// A text that a shell reads as one word.
fn sh(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn fish(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        Variables {
            set: vec![("A", "plain/1".to_owned()), ("B", r"it's $a \".to_owned())],
            removed: vec!["C", "D", "E", "F"],
        }
    }

    #[track_caller]
    fn check(format: Format, wanted: &str) {
        assert_eq!(variables().text(format), wanted);
    }

    #[test]
    fn every_shell_reads_a_value_as_it_is() {
        check(Format::Sh, "export A=plain/1\nexport B='it'\\''s $a \\'\nunset C D E\nunset F\n");
        check(
            Format::Fish,
            "set -gx A 'plain/1'\nset -gx B 'it\\'s $a \\\\'\nset -e C D E\nset -e F\n",
        );
        check(
            Format::Powershell,
            "$env:A = 'plain/1'\n$env:B = 'it''s $a \\'\n\
             Remove-Item Env:C, Env:D, Env:E -ErrorAction Ignore\nRemove-Item Env:F -ErrorAction Ignore\n",
        );
        check(Format::Dotenv, "A=plain/1\nB=it's $a \\\n");
        check(
            Format::Json,
            "{\n  \"A\": \"plain/1\",\n  \"B\": \"it's $a \\\\\",\n  \"C\": null,\n  \"D\": null,\n  \"E\": null,\n  \"F\": null\n}\n",
        );
    }
}
