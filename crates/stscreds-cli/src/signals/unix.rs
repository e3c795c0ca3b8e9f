use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Exit;

/// The signals that end a command, which first restores the terminal and says to others
/// that its prompt is over.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub(crate) async fn next(&mut self) -> Exit {
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.hang_up.recv() => SignalKind::hangup(),
        };
        Exit::Signal(u8::try_from(kind.as_raw_value()).unwrap_or_default())
    }
}

/// Ctrl-Z, and `kill -TSTP`, while a prompt has the terminal.
#[derive(Debug)]
pub(crate) struct Stops(Signal);

impl Stops {
    pub(crate) fn listen() -> std::io::Result<Self> {
        // SIGTSTP, which has no constructor of its own: 18 on macOS and the BSDs, 20 on Linux.
        let number = if cfg!(target_os = "linux") { 20 } else { 18 };
        Ok(Self(signal(SignalKind::from_raw(number))?))
    }

    pub(crate) async fn next(&mut self) {
        self.0.recv().await;
    }
}
