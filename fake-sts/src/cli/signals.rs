use std::io;

/// Ctrl-C, and the signal by which containers and service managers ask a process to end.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// From here on a signal does not end the process by itself.
    #[cfg(unix)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(unix)]
    pub(super) async fn interrupted(&mut self) {
        self.interrupt.recv().await;
    }

    #[cfg(unix)]
    pub(super) async fn terminated(&mut self) {
        self.terminate.recv().await;
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) {
        self.interrupted().await;
    }

    #[cfg(not(unix))]
    pub(super) async fn interrupted(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }

    #[cfg(not(unix))]
    pub(super) async fn terminated(&mut self) {
        std::future::pending().await
    }
}
