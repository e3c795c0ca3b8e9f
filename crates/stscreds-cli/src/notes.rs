use std::fmt;
use std::io::{self, Write};

use crate::arguments::Output;
use crate::failure::{Failure, Shown};

/// What is said on standard error, beside the result on standard output.
#[derive(Debug, Clone)]
pub(crate) struct Notes {
    output: Output,
}

impl Notes {
    pub(crate) fn new(output: Output) -> Self {
        Self { output }
    }

    pub(crate) fn json(&self) -> bool {
        self.output.json
    }

    /// Something that a person should know.
    pub(crate) fn note(&self, what: impl fmt::Display) {
        if !self.output.quiet {
            say(&format!("stscreds: {}", Shown(&what.to_string())));
        }
    }

    /// A step of the work, told if asked for.
    pub(crate) fn step(&self, what: impl fmt::Display) {
        if self.output.verbose {
            self.note(what);
        }
    }

    /// Has GitHub Actions hide these values in its logs, by its
    /// [workflow command](https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
    pub(crate) fn mask<'a>(values: impl Iterator<Item = &'a str>) {
        for value in values {
            say(&format!("::add-mask::{value}"));
        }
    }

    /// The reason for a failure, also if notes are not wanted.
    pub(crate) fn failed(&self, failure: &Failure) {
        if failure.is_said() {
            return;
        }
        if self.output.json {
            let what = failure.to_string();
            let exit = failure.exit.code();
            say(&serde_json::json!({"error": {"message": what, "exit": exit}}).to_string());
        } else {
            say(&format!("stscreds: {failure}"));
        }
    }
}

/// Standard error that is closed is nobody's concern.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes the result to standard output as a whole.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| Failure::other(format!("cannot write to standard output: {error}")))
}
