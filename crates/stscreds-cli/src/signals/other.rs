use crate::failure::Exit;

/// Ctrl-C ends a command here without our help.
#[derive(Debug)]
pub(crate) struct Signals;

impl Signals {
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn next(&mut self) -> Exit {
        std::future::pending().await
    }
}

#[derive(Debug)]
pub(crate) struct Stops;

impl Stops {
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn next(&mut self) {
        std::future::pending().await
    }
}
