use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use tokio::net::{TcpListener, TcpStream};

/// A listening socket that can be closed from outside of the task that accepts on it.
///
/// Aborting that task would close it too, but only when the runtime comes around to it: until then the port of a dropped server would still
/// be taken.
#[derive(Debug)]
pub(super) struct Door(Mutex<Leaf>);

#[derive(Debug)]
struct Leaf {
    /// Nothing once it is closed.
    listener: Option<TcpListener>,
    /// Whoever waits for the next one to come.
    waiting: Option<Waker>,
}

impl Door {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self(Mutex::new(Leaf { listener: Some(listener), waiting: None }))
    }

    /// The next connection; nothing any more once the door is closed.
    pub(super) async fn next(&self) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        poll_fn(|context| {
            let mut leaf = self.lock();
            let Some(listener) = &leaf.listener else { return Poll::Ready(None) };
            let polled = listener.poll_accept(context);
            leaf.waiting = polled.is_pending().then(|| context.waker().clone());
            polled.map(Some)
        })
        .await
    }

    pub(super) fn close(&self) {
        let mut leaf = self.lock();
        let listener = leaf.listener.take();
        let waiting = leaf.waiting.take();
        drop(leaf);
        drop(listener);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Leaf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
