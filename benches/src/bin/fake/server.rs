use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use benches::clock;
use serde::{Deserialize, Serialize};

use crate::load::{self, Until};
use crate::requests::{self, Operation};
use crate::{moto, process};

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Fake,
    Moto,
    Canned,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fake => "fake-sts",
            Self::Moto => "moto",
            Self::Canned => "one answer",
        }
    }

    fn command(self, fake: &Path, port: u16) -> Result<Command, String> {
        let port = port.to_string();
        let mut command = match self {
            Self::Fake => {
                let mut command = Command::new(fake);
                command.args(["--port", &port]);
                command
            }
            Self::Canned => {
                let me = std::env::current_exe().map_err(|error| error.to_string())?;
                let mut command = Command::new(me);
                command.args(["--canned", &port]);
                command
            }
            Self::Moto => moto::command(&port),
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // A terminal sends Ctrl-C to the whole group, and the servers are still to be looked at then.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(command)
    }
}

/// A server in a process of its own, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    /// From its start to its first answer.
    pub(crate) started_in: Duration,
    child: Child,
}

impl Server {
    /// Starts it, and waits for its first answer to a signed `GetCallerIdentity`.
    pub(crate) fn start(kind: Kind, fake: &Path) -> Result<Self, String> {
        let address = free_address().map_err(|error| error.to_string())?;
        let request = requests::signed(Operation::GetCallerIdentity, address)?.swap_remove(0);
        let mut command = kind.command(fake, address.port())?;
        let began = clock::instant();
        let child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut server = Self { kind, address, started_in: Duration::ZERO, child };
        server.wait_for_the_door(began)?;
        let once = Until { passed: PATIENCE, answers: 1 };
        let answers = load::put(address, vec![request], 1, once)?;
        server.started_in = began.elapsed();
        match (answers.latencies.len(), answers.refusals) {
            (1, 0) => Ok(server),
            _ => Err(format!("{} refused the first request", kind.name())),
        }
    }

    fn wait_for_the_door(&mut self, began: Instant) -> Result<(), String> {
        while std::net::TcpStream::connect(self.address).is_err() {
            let name = self.kind.name();
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{name} ended with {status} before it answered"));
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("{name} did not answer for {PATIENCE:?}"));
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    pub(crate) fn cpu(&self) -> Option<Duration> {
        process::cpu(self.child.id())
    }

    pub(crate) fn resident(&self) -> Option<f64> {
        process::resident(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody has; between now and the start of the server, nobody else is likely to take it.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Slow machines and Python need a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks whether it listens yet.
const GLANCE: Duration = Duration::from_micros(200);
