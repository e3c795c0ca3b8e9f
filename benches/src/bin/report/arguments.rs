use std::path::PathBuf;

use clap::Parser;

use crate::question::Question;

/// Measures credentials caches under contention and at expiry, and draws what it finds.
///
/// Ctrl-C ends it with what it has.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask bench-report")]
pub(crate) struct Arguments {
    /// Fewer and shorter rounds: a minute or two in place of several.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Numbers of threads that hit one cache at once.
    #[arg(long, value_delimiter = ',', value_parser = threads, default_value = "1,2,4,8")]
    pub(crate) threads: Vec<usize>,

    /// Only these contenders, by name; see `--list`.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) contenders: Vec<String>,

    /// Only these questions.
    #[arg(long, value_delimiter = ',', value_enum, value_name = "QUESTIONS")]
    pub(crate) only: Vec<Question>,

    /// Compares with this saved report.json; with the last one in the folder if not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,

    /// Where to write report.md, report.json and the charts.
    #[arg(long, value_name = "FOLDER", default_value = "target/bench-report")]
    pub(crate) into: PathBuf,

    /// Lists the contenders and ends.
    #[arg(long)]
    pub(crate) list: bool,

    /// What the report asks of a process of its own: how much memory so many caches take.
    #[arg(long, hide = true, num_args = 2, value_names = ["CROWD", "COUNT"])]
    pub(crate) footprint_of: Vec<String>,
}

fn threads(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) => Err("zero threads hit nothing: give 1 or more, such as `--threads 1,2,4`".into()),
        Ok(threads) if threads > MOST => Err(format!("at most {MOST} threads")),
        Ok(threads) => Ok(threads),
        Err(_) => Err("a number of threads, or several with commas between them".into()),
    }
}

/// A thread costs memory and time to start; no machine has more cores than this.
const MOST: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arguments: &[&str]) -> String {
        let all = ["bench-report"].iter().chain(arguments);
        Arguments::try_parse_from(all).unwrap_err().to_string()
    }

    #[test]
    fn zero_threads_are_refused_with_what_to_do() {
        let complaint = refused(&["--threads", "1,0"]);

        assert!(complaint.contains("give 1 or more"), "{complaint}");
    }

    #[test]
    fn threads_that_are_no_number_are_refused() {
        assert!(refused(&["--threads", "many"]).contains("a number of threads"));
        assert!(refused(&["--threads", "9999"]).contains("at most 1024"));
    }

    #[test]
    fn numbers_of_threads_are_a_list() {
        let arguments = Arguments::try_parse_from(["bench-report", "--threads", "3,16"]).unwrap();

        assert_eq!(arguments.threads, [3, 16]);
    }
}
