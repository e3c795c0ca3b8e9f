use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fake_sts::endpoints::TokenFile;
use fake_sts::{Environment, FakeSts, FakeStsBuilder};
use tempfile::NamedTempFile;

use super::arguments::{EnvironmentOutput, Server};
use super::control_token::ControlToken;
use super::environment::Variables;
use super::signals::Signals;
use super::token_file::ServiceAccount;
use super::trusted::Trusted;
use super::{Failure, log, world_file};

/// How long requests under way may take to finish once the server is asked to stop.
const STOPPING: Duration = Duration::from_secs(5);

pub(super) fn until_stopped(arguments: &Server) -> Result<(), Failure> {
    let (builder, token) = configured(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(builder, arguments, &token))
}

/// A fake as the arguments want it, not started yet.
pub(super) fn configured(arguments: &Server) -> Result<(FakeStsBuilder, ControlToken), Failure> {
    log::start(arguments.log);
    let token = ControlToken::of(arguments)?;
    let mut builder = FakeSts::builder()
        .port(arguments.port)
        .address(arguments.host)
        .journal_capacity(arguments.journal);
    if let Some(token) = token.required() {
        builder = builder.control_token(token);
    }
    for endpoint in arguments.serve.iter().cloned() {
        let endpoint = endpoint.lifetime(Duration::from_secs(arguments.session_lifetime));
        builder = builder.serve(match &arguments.container_token {
            Some(token) => endpoint.token(token),
            None => endpoint,
        });
    }
    if let Some(path) = &arguments.world {
        builder = builder.world(world_file::read(path).map_err(Failure::unusable)?);
    }
    #[cfg(feature = "tls")]
    let builder = super::tls::added(builder, arguments.host, &arguments.tls)?;
    Ok((builder, token))
}

/// The environment for clients of a fake that was started, and what must be kept as long as they run.
pub(super) fn environment_of(
    sts: &FakeSts,
    arguments: &Server,
) -> Result<(Environment, Option<Trusted>), Failure> {
    // Held until the end, when a temporary one goes away.
    let trusted = trusted(sts, arguments)?;
    let environment = match &arguments.environment.user {
        Some(user) => sts.environment_of(user).map_err(Failure::unusable)?,
        None => sts.environment(),
    };
    let environment = match &trusted {
        Some(trusted) => environment.ca_bundle(trusted.path()),
        None => environment,
    };
    Ok((environment, trusted))
}

/// The tokens of service accounts in their files, which are replaced as long as this is held.
pub(super) fn token_files(sts: &FakeSts, arguments: &Server) -> Result<Vec<TokenFile>, Failure> {
    let issuer = sts.issuer();
    let lifetime = Duration::from_secs(arguments.token_lifetime);
    let keep = |account: &ServiceAccount| {
        let token = issuer.projected_token(&account.namespace, &account.name);
        let token = token.audience(&arguments.token_audience);
        let kept = issuer.keep_token_file(token, lifetime, &account.file);
        kept.map_err(|source| unwritable(&account.file, source))
    };
    arguments.token_file.iter().map(keep).collect()
}

async fn serve(
    builder: FakeStsBuilder,
    arguments: &Server,
    token: &ControlToken,
) -> Result<(), Failure> {
    // Before anybody knows that there is a server to stop.
    let mut signals = Signals::listen()?;
    let sts = builder.start().await?;
    let (environment, _trusted) = environment_of(&sts, arguments)?;
    let _kept = token_files(&sts, arguments)?;
    announce(&sts, &Variables::new(&environment, token.to_show()), &arguments.environment)?;
    tokio::select! {
        () = signals.next() => {}
        () = sts.lost_port() => return Err(Failure::prevented(LostPort { uri: sts.uri().to_owned() })),
    }
    tokio::select! {
        () = sts.stop(STOPPING) => {}
        // Whoever asks twice does not want to wait.
        () = signals.next() => {}
    }
    Ok(())
}

fn trusted(sts: &FakeSts, arguments: &Server) -> Result<Option<Trusted>, Failure> {
    let Some(pem) = sts.certificate_pem() else { return Ok(None) };
    let wanted = arguments.certificate_file();
    let written = Trusted::write(pem, wanted);
    written.map(Some).map_err(|source| unwritable(wanted.unwrap_or(&env::temp_dir()), source))
}

fn announce(
    sts: &FakeSts,
    variables: &Variables,
    wanted: &EnvironmentOutput,
) -> Result<(), Failure> {
    let text = variables.text(wanted.format);
    if let Some(path) = &wanted.file {
        write_whole(path, &text).map_err(|source| unwritable(path, source))?;
    }
    let mut out = io::stdout().lock();
    write!(out, "fake-sts ready on {}\n\n{text}", sts.uri())?;
    Ok(out.flush()?)
}

/// Whoever waits for the file to be there finds all of it. Readable by its owner alone, for the secrets in it.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

fn unwritable(path: &Path, source: io::Error) -> Failure {
    Failure::unusable(Unwritable { path: path.to_owned(), source })
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
struct Unwritable {
    path: PathBuf,
    source: io::Error,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "another process took the port of {uri} during an outage; start the fake again, on another port"
)]
struct LostPort {
    uri: String,
}
