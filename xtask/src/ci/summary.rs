//! What ran, how long, and what was skipped and why.

use std::fmt;
use std::time::Duration;

use crate::verdict::Verdict;

/// A gate that was come to.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) ending: Ending,
    pub(super) took: Duration,
}

#[derive(Debug)]
pub(super) enum Ending {
    Checked(Verdict),
    Failed(String),
}

impl Ending {
    pub(super) fn of(outcome: Result<Verdict, String>) -> Self {
        outcome.map_or_else(Self::Failed, Self::Checked)
    }
}

impl Line {
    pub(super) fn failed(&self) -> bool {
        matches!(self.ending, Ending::Failed(_))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs();
        let state = match &self.ending {
            Ending::Checked(Verdict::Passed) => "passed".to_owned(),
            Ending::Checked(Verdict::PassedBut(what)) => format!("passed; not checked: {what}"),
            Ending::Checked(Verdict::Skipped(why)) => format!("SKIPPED: {why}"),
            Ending::Failed(why) => format!("FAILED: {why}"),
        };
        write!(f, "{:<38} {:>3}:{:02}  {state}", self.name, seconds / 60, seconds % 60)
    }
}

/// All gates with their times, for the end of a long output.
pub(super) fn table(lines: &[Line]) -> String {
    let mut rows: Vec<String> = lines.iter().map(|line| first_line(&line.to_string())).collect();
    let total = lines.iter().map(|line| line.took).sum();
    let failed = lines.iter().filter(|line| line.failed()).count();
    let end = match failed {
        0 => "every gate passed".to_owned(),
        failed => format!("{failed} of {} gates failed", lines.len()),
    };
    let seconds = Duration::as_secs(&total);
    rows.push(format!("{:<38} {:>3}:{:02}  {end}", "all", seconds / 60, seconds % 60));
    rows.join("\n")
}

/// A failure may have much to say, and has said it above.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_what_ran_how_long_and_what_was_skipped_and_why() {
        let line =
            |name, ending, seconds| Line { name, ending, took: Duration::from_secs(seconds) };
        let lines = [
            line("tests", Ending::of(Ok(Verdict::Passed)), 125),
            line("deny", Ending::of(Ok(Verdict::PassedBut("advisories: no way".into()))), 2),
            line("lowest", Ending::of(Ok(Verdict::Skipped("no nightly".into()))), 0),
            line("format", Ending::of(Err("a.rs\nb.rs".into())), 1),
        ];

        let table = table(&lines);

        let rows: Vec<&str> = table.lines().collect();
        assert_eq!(rows[0].split_whitespace().collect::<Vec<_>>(), ["tests", "2:05", "passed"]);
        assert!(rows[1].ends_with("0:02  passed; not checked: advisories: no way"), "{table}");
        assert!(rows[2].ends_with("0:00  SKIPPED: no nightly"), "{table}");
        assert!(rows[3].ends_with("0:01  FAILED: a.rs"), "{table}");
        assert!(rows[4].ends_with("2:08  1 of 4 gates failed"), "{table}");
    }
}
