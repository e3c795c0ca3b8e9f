//! A fake for tests that are not asynchronous.

use std::io;
use std::ops::Deref;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;

use crate::{FakeStsBuilder, StartError};

/// A fake STS with a thread of its own, for tests without a runtime.
///
/// Does everything that a [`crate::FakeSts`] does, which it dereferences to. Dropping it stops it and waits for its thread, outside as well as inside
/// of asynchronous code; nothing of it is left then.
///
/// ```
/// use std::{io::{Read, Write}, net::TcpStream};
/// use fake_sts::blocking::FakeSts;
///
/// let sts = FakeSts::start();
/// let mut client = TcpStream::connect(sts.address().unwrap())?;
/// client.write_all(b"GET /?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\nHost: sts\r\nConnection: close\r\n\r\n")?;
/// let mut answer = String::new();
/// client.read_to_string(&mut answer)?;
///
/// assert!(answer.contains("<Code>MissingAuthenticationToken</Code>"));
/// assert_eq!(sts.journal().total(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FakeSts {
    // In this order: the port is free before the thread is waited for.
    fake: crate::FakeSts,
    thread: ServingThread,
}

/// Drives a runtime until it is told to stop, or nobody is left who could tell it.
#[derive(Debug)]
struct ServingThread {
    runtime: Handle,
    order: Option<oneshot::Sender<Order>>,
    handle: Option<JoinHandle<()>>,
}

/// To stop gracefully.
#[derive(Debug)]
struct Order {
    fake: crate::FakeSts,
    within: Duration,
}

impl FakeSts {
    /// Starts a fake with the [standard world](crate::world::World::standard) on a free port of this machine.
    ///
    /// # Panics
    ///
    /// When no loopback port and no thread can be had. [`FakeStsBuilder::start_blocking`] returns an error instead.
    #[must_use]
    #[expect(clippy::panic, reason = "documented; what every test would do with the error")]
    pub fn start() -> Self {
        match crate::FakeSts::builder().start_blocking() {
            Ok(fake) => fake,
            Err(error) => panic!("a fake STS could not start: {error}"),
        }
    }

    /// A fake to be told more about; [`FakeStsBuilder::start_blocking`] starts it.
    pub fn builder() -> FakeStsBuilder {
        FakeStsBuilder::default()
    }

    /// Stops: frees the port at once, lets requests under way finish, and breaks off what is left after `within`.
    pub fn stop(self, within: Duration) {
        let Self { fake, mut thread } = self;
        if let Some(order) = thread.order.take() {
            let _ = order.send(Order { fake, within });
        }
    }

    /// Waits for something asynchronous about this fake, with the sockets and timers of its own runtime.
    ///
    /// Works in asynchronous code as well, which it holds up meanwhile.
    ///
    /// # Panics
    ///
    /// When the future does.
    ///
    /// ```
    /// use fake_sts::blocking::FakeSts;
    ///
    /// let sts = FakeSts::start();
    /// let stream = sts.block_on(async { tokio::net::TcpStream::connect(sts.address().unwrap()).await });
    /// assert!(stream.is_ok());
    /// ```
    pub fn block_on<F>(&self, future: F) -> F::Output
    where
        F: Future<Output: Send> + Send,
    {
        // In a thread without a runtime of its own: waiting inside of one is a panic.
        let waited =
            thread::scope(|scope| scope.spawn(|| self.thread.runtime.block_on(future)).join());
        waited.unwrap_or_else(|panic| resume_unwind(panic))
    }

    pub(crate) fn start_with(builder: FakeStsBuilder) -> Result<Self, StartError> {
        let (tell, told) = mpsc::sync_channel(1);
        let (order, ordered) = oneshot::channel();
        let handle = thread::Builder::new()
            .name("fake-sts".to_owned())
            .spawn(move || serve(builder, &tell, ordered))
            .map_err(StartError::Thread)?;
        let gone = |_| io::Error::other("the thread of the fake ended before it served");
        let (fake, runtime) = told.recv().map_err(gone).map_err(StartError::Thread)??;
        let thread = ServingThread { runtime, order: Some(order), handle: Some(handle) };
        Ok(Self { fake, thread })
    }
}

fn serve(
    builder: FakeStsBuilder,
    tell: &SyncSender<Result<(crate::FakeSts, Handle), StartError>>,
    ordered: oneshot::Receiver<Order>,
) {
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(tell.send(Err(StartError::Thread(error)))),
    };
    runtime.block_on(async {
        let _ = tell.send(builder.start().await.map(|fake| (fake, Handle::current())));
        if let Ok(Order { fake, within }) = ordered.await {
            fake.stop(within).await;
        }
    });
    // A look-up of names that is still under way must not hold anybody up.
    runtime.shutdown_background();
}

impl Drop for ServingThread {
    fn drop(&mut self) {
        drop(self.order.take());
        if let Some(handle) = self.handle.take() {
            let _ = handle.join();
        }
    }
}

impl Deref for FakeSts {
    type Target = crate::FakeSts;

    fn deref(&self) -> &crate::FakeSts {
        &self.fake
    }
}
