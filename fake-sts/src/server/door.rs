use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
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
    /// Whether another process has the port.
    is_lost: bool,
    /// The tasks that wait for that.
    mourners: Vec<Waker>,
}

#[derive(Debug)]
enum Leaf {
    Open(TcpListener),
    /// The port is kept, but nobody listens: who connects is refused.
    Shut(TcpSocket),
    Closed,
}

/// Whether another connection can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    There,
    Taken,
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
        let frame = Mutex::new(Frame {
            leaf: Leaf::Open(listener),
            was_shut: false,
            waiting: None,
            is_lost: false,
            mourners: Vec::new(),
        });
        Ok(Self { address, runtime: Handle::current(), frame })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What happens next; nothing any more once the door is closed. Clients are let in only if there is room.
    pub(super) fn poll_next(&self, context: &mut Context<'_>, room: Room) -> Poll<Option<Event>> {
        let mut frame = self.lock();
        if mem::take(&mut frame.was_shut) {
            return Poll::Ready(Some(Event::Shut));
        }
        let polled = match (&frame.leaf, room) {
            (Leaf::Open(listener), Room::There) => {
                listener.poll_accept(context).map(|accepted| Some(Event::Arrival(accepted)))
            }
            (Leaf::Open(_), Room::Taken) | (Leaf::Shut(_), _) => Poll::Pending,
            (Leaf::Closed, _) => Poll::Ready(None),
        };
        frame.waiting = polled.is_pending().then(|| context.waker().clone());
        polled
    }

    /// Waits until the port is lost to another process. Pending forever if that never happens.
    pub(super) async fn lost(&self) {
        poll_fn(|context| {
            let mut frame = self.lock();
            if frame.is_lost {
                return Poll::Ready(());
            }
            frame.mourners.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.lock().leaf, Leaf::Closed)
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
        frame.is_lost = kept.is_err();
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
                match listening(socket) {
                    Ok(listener) => Leaf::Open(listener),
                    Err(error) => {
                        tracing::error!(%error, "the port cannot be opened again after an outage");
                        frame.is_lost = true;
                        Leaf::Closed
                    }
                }
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
        let mourners = if frame.is_lost { mem::take(&mut frame.mourners) } else { Vec::new() };
        drop(frame);
        waiting.into_iter().chain(mourners).for_each(Waker::wake);
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

#[cfg(test)]
impl Door {
    /// Shuts in the moment in which another process takes the port.
    pub(super) fn lose(&self) {
        let thief = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = Self {
            address: thief.local_addr().unwrap(),
            runtime: self.runtime.clone(),
            frame: Mutex::new(mem::replace(
                &mut *self.lock(),
                Frame {
                    leaf: Leaf::Closed,
                    was_shut: false,
                    waiting: None,
                    is_lost: false,
                    mourners: Vec::new(),
                },
            )),
        };
        assert_eq!(taken.shut().unwrap_err().kind(), io::ErrorKind::AddrInUse);
        mem::swap(&mut *self.lock(), &mut *taken.lock());
    }
}
