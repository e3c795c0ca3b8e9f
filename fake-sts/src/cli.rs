//! The command line around a [`FakeSts`].

mod environment;
mod world_file;

use std::{
    error::Error,
    io::{self, Write as _},
    net::IpAddr,
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use fake_sts::FakeSts;

/// A fake AWS STS: checks signatures, policies, MFA codes and identity tokens as the real one does.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// The world in TOML or JSON: accounts, users, roles, identity providers. Without it, a small standard world.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// The port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,

    /// How many calls the journal keeps.
    #[arg(long, default_value_t = 4096, value_name = "CALLS")]
    journal: usize,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = format!("fake-sts: {error}");
            let mut source = error.source();
            while let Some(error) = source {
                text = format!("{text}: {error}");
                source = error.source();
            }
            let _ = writeln!(io::stderr(), "{text}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut builder = FakeSts::builder()
        .port(arguments.port)
        .address(arguments.host)
        .journal_capacity(arguments.journal);
    if let Some(path) = &arguments.world {
        builder = builder.world(world_file::read(path)?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let sts = builder.start().await?;
        let mut out = io::stdout().lock();
        writeln!(out, "fake-sts ready on {}\n\n{}", sts.uri(), environment::of(&sts))?;
        out.flush()?;
        drop(out);
        stopped().await?;
        Ok(())
    })
}

/// Waits for Ctrl-C, or for the signal by which containers and service managers ask a process to end.
#[cfg(unix)]
async fn stopped() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stopped() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
