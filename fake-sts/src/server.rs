//! Sockets: the only folder that has any.

mod door;
mod last_words;
mod lent;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tower::ServiceExt as _;

pub(crate) use self::door::Door;
use self::door::Event;
use self::last_words::{LastWords, Resettable};
use self::lent::Lent;
use crate::closing::{Announcer, Closing};
use crate::peer::Peer;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// How many connections are served at the same time; more have to wait until one of them ends.
const CONNECTION_LIMIT: usize = 4096;

/// How long a client may take to send the head of a request, and may stay silent between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a client may take to agree on TLS.
#[cfg(feature = "tls")]
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Room for the head of a request, in bytes; what is longer is refused before it is read.
const HEAD_BUFFER: usize = 64 * 1024;

/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A running server. Dropping it frees the port at once and breaks off all connections.
#[derive(Debug)]
pub(crate) struct Server {
    door: Arc<Door>,
    task: JoinHandle<()>,
}

/// What lies between a socket and HTTP.
#[derive(Clone, Debug, Default)]
pub(crate) enum Transport {
    #[default]
    Plain,
    #[cfg(feature = "tls")]
    Tls(Tls),
}

impl Transport {
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Plain => "http",
            #[cfg(feature = "tls")]
            Self::Tls(_) => "https",
        }
    }

    /// What clients have to trust.
    pub(crate) fn certificate_pem(&self) -> Option<String> {
        match self {
            Self::Plain => None,
            #[cfg(feature = "tls")]
            Self::Tls(tls) => Some(tls.certificate_pem().to_owned()),
        }
    }
}

impl Server {
    pub(crate) async fn start(
        address: SocketAddr,
        transport: Transport,
        router: Router,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let door = Arc::new(Door::new(listener)?);
        let task = tokio::spawn(accept(Arc::clone(&door), transport, router));
        Ok(Self { door, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.door.address()
    }

    pub(crate) fn door(&self) -> Arc<Door> {
        Arc::clone(&self.door)
    }

    /// Frees the port at once, lets requests under way finish, and breaks off what is left after a while.
    pub(crate) async fn stop(mut self, within: Duration) {
        self.door.close();
        let _ = timeout(within, &mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.door.close();
        self.task.abort();
    }
}

/// Serves all who come until the door is closed, and then those who are in.
async fn accept(door: Arc<Door>, transport: Transport, router: Router) {
    let permits = Arc::new(Semaphore::new(CONNECTION_LIMIT));
    let announcer = Announcer::new();
    // The connections belong to this set, so they end when this task does.
    let mut connections = JoinSet::new();
    while let Ok(permit) = Arc::clone(&permits).acquire_owned().await
        && let Some(event) = door.next().await
    {
        match event {
            Event::Arrival(Ok((stream, address))) => {
                let (transport, router) = (transport.clone(), router.clone());
                let closing = announcer.closing();
                connections.spawn(async move {
                    serve(stream, address, transport, router, closing).await;
                    drop(permit);
                });
            }
            Event::Arrival(Err(_)) => tokio::time::sleep(ACCEPT_PAUSE).await,
            Event::Shut => connections.shutdown().await,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(announcer);
    while connections.join_next().await.is_some() {}
}

async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    transport: Transport,
    router: Router,
    closing: Closing,
) {
    // Answers are single small writes; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    match transport {
        Transport::Plain => exchange(stream, Peer { address, tls: None }, router, closing).await,
        #[cfg(feature = "tls")]
        Transport::Tls(tls) => {
            // Who does not trust the certificate goes away here.
            let agreeing = timeout(HANDSHAKE_TIMEOUT, tls.accept(stream));
            // Nobody has asked for anything yet: there is nothing to finish.
            let agreed = closing.clone().unless(agreeing).await;
            if let Some(Ok(Ok(stream))) = agreed {
                let peer = Peer { address, tls: crate::tls::session(&stream) };
                exchange(stream, peer, router, closing).await;
            }
        }
    }
}

async fn exchange<S>(stream: S, peer: Peer, router: Router, closing: Closing)
where
    S: AsyncRead + AsyncWrite + Resettable + Send + Unpin + 'static,
{
    let (stream, owner) = Lent::new(stream);
    let last_words = LastWords::default();
    let (words, told) = (last_words.clone(), closing.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(told.clone());
        let (answer, words) = (router.clone().oneshot(request), words.clone());
        async move {
            let Ok(response) = answer.await;
            words.or_pass(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    // A client that breaks off or talks nonsense ends its connection, and nothing else.
    {
        let mut connection = pin!(connection);
        if closing.unless(connection.as_mut()).await.is_none() {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
    if let Some((response, disruption)) = last_words.take()
        && let Some(stream) = owner.take()
    {
        let _ = last_words::say(stream, response, disruption).await;
    }
}
