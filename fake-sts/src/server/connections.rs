use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// The connections of a server, and which of them are idle: they wait for the head of a request.
///
/// When there are as many connections as there can be, the one that has been idle the longest makes room for the next client.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections(Arc<Mutex<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    /// Numbers the times at which connections became idle.
    turn: u64,
    idle: BTreeMap<Rank, Arc<Leaving>>,
    /// The server, while it waits for a connection to become idle.
    waiting: Option<Waker>,
}

/// Those that have never sent a request go first, then the one that has been idle the longest.
type Rank = (Past, u64);

/// Whether a connection has carried a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Past {
    Silent,
    Served,
}

/// Whether a connection has to leave, told to the task that serves it.
#[derive(Debug, Default)]
struct Leaving(Mutex<(bool, Option<Waker>)>);

/// One connection of [`Connections`].
#[derive(Clone, Debug)]
pub(super) struct Connection(Arc<Membership>);

#[derive(Debug)]
struct Membership {
    connections: Connections,
    leaving: Arc<Leaving>,
    state: Mutex<(Past, Option<Rank>)>,
}

/// A response body that marks its connection as idle when it is dropped.
#[derive(Debug)]
pub(super) struct Answering {
    body: Body,
    connection: Connection,
}

impl Connections {
    /// A new connection, which is idle.
    pub(super) fn add(&self) -> Connection {
        let connection = Connection(Arc::new(Membership {
            connections: self.clone(),
            leaving: Arc::default(),
            state: Mutex::new((Past::Silent, None)),
        }));
        connection.set_idle();
        connection
    }

    /// Tells the longest idle connection to leave. Pending if none is idle: all carry a request.
    pub(super) fn poll_make_room(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut shared = self.lock();
        let Some((_, leaving)) = shared.idle.pop_first() else {
            shared.waiting = Some(context.waker().clone());
            return Poll::Pending;
        };
        drop(shared);
        leaving.tell();
        Poll::Ready(())
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// It carries a request from now on, until the response was given to it.
    pub(super) fn set_busy(&self) {
        let mut state = self.0.lock();
        state.0 = Past::Served;
        if let Some(rank) = state.1.take() {
            self.0.connections.lock().idle.remove(&rank);
        }
    }

    /// The response, with a body after which the connection is idle again.
    pub(super) fn answering(&self, body: Body) -> Answering {
        Answering { body, connection: self.clone() }
    }

    /// Whether it has never carried a request: there is nothing to finish.
    pub(super) fn is_silent(&self) -> bool {
        self.0.lock().0 == Past::Silent
    }

    /// What a future yields; nothing if the connection has to make room before.
    pub(super) async fn unless_leaving<F: Future>(
        &self,
        mut future: Pin<&mut F>,
    ) -> Option<F::Output> {
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => self.0.leaving.poll(context).map(|()| None),
        })
        .await
    }

    fn set_idle(&self) {
        let mut state = self.0.lock();
        let mut shared = self.0.connections.lock();
        shared.turn += 1;
        let rank = (state.0, shared.turn);
        shared.idle.insert(rank, Arc::clone(&self.0.leaving));
        state.1 = Some(rank);
        let waiting = shared.waiting.take();
        drop((shared, state));
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}

impl Membership {
    fn lock(&self) -> MutexGuard<'_, (Past, Option<Rank>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let rank = self.state.get_mut().unwrap_or_else(PoisonError::into_inner).1;
        if let Some(rank) = rank {
            self.connections.lock().idle.remove(&rank);
        }
    }
}

impl Leaving {
    fn tell(&self) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.0 = true;
        let waker = told.1.take();
        drop(told);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.0 {
            return Poll::Ready(());
        }
        told.1 = Some(context.waker().clone());
        Poll::Pending
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.connection.set_idle();
    }
}
