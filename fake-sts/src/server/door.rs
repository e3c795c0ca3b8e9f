use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::{io, mem};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;

/// A listening socket that can be closed from outside of the task that accepts on it, for a while or for good.
///
/// Aborting that task would close it too, but only when the runtime comes around to it: until then the port of a dropped server would still
/// be taken.
#[derive(Debug)]
pub(crate) struct Door {
    address: SocketAddr,
    /// Where sockets are registered, also when it is opened again by somebody outside of the runtime.
    runtime: Handle,
    frame: Mutex<Frame>,
}

#[derive(Debug)]
struct Frame {
    leaf: Leaf,
    /// Whether those who are in do not know yet that it was shut.
    was_shut: bool,
    /// Whoever waits for the next one to come.
    waiting: Option<Waker>,
}

#[derive(Debug)]
enum Leaf {
    Open(TcpListener),
    /// The port is kept, but nobody listens: who connects is refused.
    Shut(TcpSocket),
    Closed,
}

/// What happens at a door.
#[derive(Debug)]
pub(super) enum Event {
    Arrival(io::Result<(TcpStream, SocketAddr)>),
    /// It has been shut: those who are in have to leave.
    Shut,
}

/// How many clients may wait to be let in.
const BACKLOG: u32 = 1024;

impl Door {
    /// A door to where the listener listens. Must be made within a runtime.
    pub(super) fn new(listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let frame =
            Mutex::new(Frame { leaf: Leaf::Open(listener), was_shut: false, waiting: None });
        Ok(Self { address, runtime: Handle::current(), frame })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What happens next; nothing any more once the door is closed.
    pub(super) async fn next(&self) -> Option<Event> {
        poll_fn(|context| {
            let mut frame = self.lock();
            if mem::take(&mut frame.was_shut) {
                return Poll::Ready(Some(Event::Shut));
            }
            let polled = match &frame.leaf {
                Leaf::Open(listener) => {
                    listener.poll_accept(context).map(|accepted| Some(Event::Arrival(accepted)))
                }
                Leaf::Shut(_) => Poll::Pending,
                Leaf::Closed => Poll::Ready(None),
            };
            frame.waiting = polled.is_pending().then(|| context.waker().clone());
            polled
        })
        .await
    }

    /// Refuses whoever comes, until it is opened again.
    ///
    /// # Errors
    ///
    /// When the port is lost: between its closing and its keeping, somebody else took it.
    pub(crate) fn shut(&self) -> io::Result<()> {
        let mut frame = self.lock();
        if !matches!(frame.leaf, Leaf::Open(_)) {
            return Ok(());
        }
        // No two sockets can have the port while one of them listens.
        drop(mem::replace(&mut frame.leaf, Leaf::Closed));
        let kept = kept(self.address).map(|socket| frame.leaf = Leaf::Shut(socket));
        frame.was_shut = true;
        Self::wake(frame);
        kept
    }

    /// Lets clients in again.
    pub(crate) fn open(&self) {
        let mut frame = self.lock();
        frame.leaf = match mem::replace(&mut frame.leaf, Leaf::Closed) {
            Leaf::Shut(socket) => {
                let _runtime = self.runtime.enter();
                // Fails only when the runtime is gone, and the server with it.
                listening(socket).map_or(Leaf::Closed, Leaf::Open)
            }
            leaf => leaf,
        };
        Self::wake(frame);
    }

    /// Frees the port.
    pub(super) fn close(&self) {
        let mut frame = self.lock();
        let leaf = mem::replace(&mut frame.leaf, Leaf::Closed);
        Self::wake(frame);
        drop(leaf);
    }

    fn wake(mut frame: MutexGuard<'_, Frame>) {
        let waiting = frame.waiting.take();
        drop(frame);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Frame> {
        self.frame.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that has the port and does not listen.
fn kept(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    share(&socket, true)?;
    socket.bind(address)?;
    // Until it listens, others could take the port.
    share(&socket, false)?;
    Ok(socket)
}

fn listening(socket: TcpSocket) -> io::Result<TcpListener> {
    share(&socket, true)?;
    socket.listen(BACKLOG)
}

/// Has the port in spite of connections that linger on it. Only Unix needs this; elsewhere it would give the port away.
fn share(socket: &TcpSocket, with_others: bool) -> io::Result<()> {
    if cfg!(unix) { socket.set_reuseaddr(with_others) } else { Ok(()) }
}
