use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

#[cfg(feature = "tls")]
use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};

use fake_sts::endpoints::Endpoint;

use super::environment::Format;
use super::health::Question;
use super::log::Level;
use super::token_file::ServiceAccount;

/// A fake AWS STS: checks signatures, policies, MFA codes and identity tokens as the real one does.
///
/// Says where it is and what to tell AWS clients, and serves until Ctrl-C or SIGTERM. Without a world file there is a small
/// standard world; see it with `fake-sts print-world`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) server: Server,
}

const EXIT_CODES: &str = "\
Exit codes: 0 after being stopped; 1 if it cannot serve, as when the port is taken; 2 if an argument, the world or a certificate is unusable.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Starts a fake, runs a command with its environment, and exits with the code of the command.
    ///
    /// The command calls the fake and does not read your AWS configuration: `fake-sts run -- pytest`.
    Run(Box<Run>),
    /// Checks a world file and says what is in it.
    Check {
        /// The world in TOML or, if the name ends in `.json`, JSON.
        world: PathBuf,
    },
    /// Prints the standard world in JSON, to begin a world file with.
    PrintWorld,
    /// Asks a running server whether it lives; exit code 0 if it does.
    Health(Question),
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub(super) server: Server,

    /// The command and its arguments, after `--`.
    #[arg(required = true, last = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct Server {
    /// The world in TOML or, if the name ends in `.json`, JSON: accounts, users, roles, identity providers.
    #[arg(long, value_name = "FILE", env = "FAKE_STS_WORLD")]
    pub(super) world: Option<PathBuf>,

    /// The port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 0, env = "FAKE_STS_PORT")]
    pub(super) port: u16,

    /// The address to listen on. Where others can reach it, the side door takes a control token.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1",
        env = "FAKE_STS_HOST",
        value_parser = address
    )]
    pub(super) host: IpAddr,

    /// What the side door below `/_fake-sts/` asks for as a bearer token. Made up and shown if the address is not this machine's alone.
    #[arg(long, value_name = "TOKEN", env = "FAKE_STS_CONTROL_TOKEN", hide_env_values = true)]
    pub(super) control_token: Option<String>,

    /// Serves an endpoint that gives out credentials of a role, its ARN or name: `container=ROLE`, `pod-identity=ROLE`, `imds=ROLE`. Can be given
    /// several times.
    #[arg(long, value_name = "ENDPOINT=ROLE", value_parser = super::endpoint::parse)]
    pub(super) serve: Vec<Endpoint>,

    /// The token that the container endpoint wants as `Authorization`. None unless given.
    #[arg(long, value_name = "TOKEN", env = "FAKE_STS_CONTAINER_TOKEN", hide_env_values = true)]
    pub(super) container_token: Option<String>,

    /// How long sessions of the endpoints last, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) session_lifetime: u64,

    /// Keeps the token of a service account in a file, and replaces it in time, as in a pod of Kubernetes. Can be given several times.
    #[arg(long, value_name = "NAMESPACE/ACCOUNT=FILE", value_parser = super::token_file::parse)]
    pub(super) token_file: Vec<ServiceAccount>,

    /// The audience of these tokens; `pods.eks.amazonaws.com` for EKS Pod Identity.
    #[arg(long, value_name = "AUDIENCE", default_value = "sts.amazonaws.com")]
    pub(super) token_audience: String,

    /// How long these tokens last, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) token_lifetime: u64,

    /// How many calls the journal keeps.
    #[arg(long, value_name = "CALLS", default_value_t = 4096)]
    pub(super) journal: usize,

    /// What to tell of each call on standard error. By default its line if that is a terminal, and nothing otherwise.
    #[arg(long, value_enum, env = "FAKE_STS_LOG")]
    pub(super) log: Option<Level>,

    #[command(flatten)]
    pub(super) environment: EnvironmentOutput,

    #[cfg(feature = "tls")]
    #[command(flatten)]
    pub(super) tls: TlsInput,
}

/// What AWS clients have to be told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Environment of clients")]
pub(super) struct EnvironmentOutput {
    /// In which form it is shown.
    #[arg(long = "env", value_enum, value_name = "FORMAT", default_value = "sh")]
    pub(super) format: Format,

    /// Writes it to this file too, before the server says that it is ready.
    #[arg(long = "env-file", value_name = "FILE")]
    pub(super) file: Option<PathBuf>,

    /// Whose keys are in it: a name or an ARN. By default the first user who has an active key.
    #[arg(long)]
    pub(super) user: Option<String>,
}

#[cfg(feature = "tls")]
#[derive(Debug, Args)]
#[command(next_help_heading = "HTTPS")]
pub(super) struct TlsInput {
    /// Serves HTTPS, with a certificate that is made at the start.
    #[arg(long, env = "FAKE_STS_TLS", value_parser = BoolishValueParser::new())]
    pub(super) tls: bool,

    /// Where to write what clients have to trust. By default a temporary file, which goes away with the server.
    #[arg(long, value_name = "FILE", env = "FAKE_STS_TLS_CERT")]
    pub(super) tls_cert: Option<PathBuf>,

    /// A further name or address that the certificate is for, such as `sts.eu-west-1.amazonaws.com`.
    #[arg(long, value_name = "NAME", requires = "tls", conflicts_with = "tls_identity")]
    pub(super) tls_name: Vec<String>,

    /// Serves HTTPS with a certificate of your own and its private key, both in PEM.
    #[arg(long, num_args = 2, value_names = ["CERTIFICATE", "KEY"])]
    pub(super) tls_identity: Option<Vec<PathBuf>>,
}

/// An address, also as it stands in URLs, or the name that always means this machine.
fn address(text: &str) -> Result<IpAddr, &'static str> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match bare {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => bare.parse().map_err(|_| "write an address, such as 127.0.0.1, or 0.0.0.0 for all"),
    }
}

impl Server {
    /// Where to write what clients have to trust.
    pub(super) fn certificate_file(&self) -> Option<&Path> {
        #[cfg(feature = "tls")]
        let file = self.tls.tls_cert.as_deref();
        #[cfg(not(feature = "tls"))]
        let file = None;
        file
    }
}
