#![allow(
    clippy::doc_markdown,
    reason = "the comments are the help, which shows backticks as they are"
)]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::shell::Format;

/// AWS STS credentials for any program: roles, MFA, and sessions shared between processes.
#[derive(Debug, Parser)]
#[command(name = "stscreds", version, max_term_width = 100, after_help = EXIT_CODES)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 1 other, 2 usage or configuration, 3 needs a person, \
4 denied, 5 STS unreachable.\n`exec` has its program's own; 125 no credentials, 126 not executable, \
127 not found.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program with credentials in its environment.
    Exec(Exec),
    /// Print the variables for a shell: eval "$(stscreds env PROFILE)".
    Env(Env),
    /// Print credentials as JSON: credential_process = stscreds process PROFILE.
    Process(Common),
    /// Enter one MFA code for a day of roles without a prompt.
    Login(Common),
    /// Remove cached sessions: those of a profile, or all.
    Logout(Logout),
    /// Show cached sessions and how long they last.
    List(Json),
    /// Show who AWS says you are.
    Whoami(Common),
    /// Show how a profile resolves, and what is wrong with it.
    Explain(Explain),
    /// Add a profile that gets its credentials from stscreds.
    Configure(Configure),
    /// Print the completions of a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the man pages into a directory.
    Man {
        /// The directory.
        directory: PathBuf,
    },
}

/// What every command that gets credentials takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Common {
    /// The profile; by default AWS_PROFILE, then default.
    #[arg(value_name = "PROFILE")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct Options {
    /// The profile, as an option.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Assume this role with the profile's credentials.
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// The external id of the last role.
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// The session name of the last role.
    #[arg(long, value_name = "NAME")]
    pub(crate) session_name: Option<String>,
    /// The life of the session, such as 45m or 12h.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) duration: Option<Duration>,
    /// The MFA device.
    #[arg(long, value_name = "ARN")]
    pub(crate) mfa_serial: Option<String>,
    /// `-` reads the MFA code from standard input; a code is never an argument.
    #[arg(long, value_name = "-", value_parser = ["-"], hide_possible_values = true)]
    pub(crate) mfa_code: Option<String>,
    /// A command that prints the MFA code.
    #[arg(long, value_name = "COMMAND", conflicts_with = "mfa_code")]
    pub(crate) mfa_process: Option<String>,
    /// The source identity of the last role.
    #[arg(long, value_name = "NAME")]
    pub(crate) source_identity: Option<String>,
    /// A session tag of the last role; repeat for more.
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    pub(crate) tags: Vec<String>,
    /// The key of a tag that further roles inherit; repeat for more.
    #[arg(long = "transitive", value_name = "KEY")]
    pub(crate) transitive: Vec<String>,
    /// A file with the session policy of the last role, in JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A managed session policy of the last role; repeat for more.
    #[arg(long = "policy-arn", value_name = "ARN")]
    pub(crate) policy_arns: Vec<String>,
    /// The region of STS and of the credentials' user.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Renew the session if less life than this is left.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) min_ttl: Option<Duration>,
    /// How long to wait for another process that asks STS or a person.
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s")]
    pub(crate) wait: Option<Duration>,
    /// Send the MFA code with the role, without a GetSessionToken session before it.
    #[arg(long)]
    pub(crate) no_session: bool,
    /// Hand out long-term keys where a profile has nothing else.
    #[arg(long)]
    pub(crate) allow_long_term: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// JSON, errors too.
    #[arg(long)]
    pub(crate) json: bool,
    /// No notes on standard error.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Say what is done.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The program and its arguments; by default the shell in SHELL.
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct Env {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The form of the output; by default that of the shell in SHELL.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}

#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// The profile whose sessions are removed; by default all sessions are.
    #[arg(value_name = "PROFILE")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Json {
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Also ask STS, and compare the clocks.
    #[arg(long)]
    pub(crate) r#try: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Configure {
    /// The name of the new profile.
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// The profile whose credentials it gets.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) from: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Seconds, or a number with `s`, `m` or `h`.
fn duration(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(number.len()..).unwrap_or_default();
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("use seconds, or a number with s, m or h, such as 45m".to_owned()),
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| "use seconds, or a number with s, m or h, such as 45m".to_owned())
}

impl Command {
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Exec(exec) => exec.common.options.output.clone(),
            Self::Env(env) => env.common.options.output.clone(),
            Self::Process(common) | Self::Login(common) | Self::Whoami(common) => {
                common.options.output.clone()
            }
            Self::Logout(logout) => logout.output.clone(),
            Self::List(list) => list.output.clone(),
            Self::Explain(explain) => explain.common.options.output.clone(),
            Self::Configure(configure) => configure.output.clone(),
            Self::Completions { .. } | Self::Man { .. } => Output::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_fits_a_screen() {
        let help = Arguments::command().render_help().to_string();

        assert!(help.lines().count() <= 24, "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }

    #[test]
    fn a_time_is_seconds_or_has_a_unit() {
        assert_eq!(duration("900"), Ok(Duration::from_secs(900)));
        assert_eq!(duration("45m"), Ok(Duration::from_secs(2700)));
        assert_eq!(duration("12h"), Ok(Duration::from_secs(43200)));
        for wrong in ["", "h", "1d", "-1", "1.5h", "9999999999999999999h", "é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
