//! Sockets: the only folder that has any.

mod connections;
mod door;
mod last_words;
mod lent;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
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
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tower::ServiceExt as _;

use self::connections::{Connection, Connections};
pub(crate) use self::door::Door;
use self::door::{Event, Room};
use self::last_words::{LastWords, Resettable};
use self::lent::Lent;
use crate::closing::{Announcer, Closing};
use crate::peer::Peer;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// How many connections are served at the same time. For one more, the longest idle one is closed.
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

/// What the system says then: `ENFILE`, `EMFILE`, `WSAEMFILE`.
const TOO_MANY_SOCKETS: [i32; 3] = [23, 24, 10024];

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
        Self::start_with(address, transport, router, CONNECTION_LIMIT).await
    }

    async fn start_with(
        address: SocketAddr,
        transport: Transport,
        router: Router,
        limit: usize,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let door = Arc::new(Door::new(listener)?);
        let task = tokio::spawn(accept(Arc::clone(&door), transport, router, limit));
        Ok(Self { door, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.door.address()
    }

    pub(crate) fn door(&self) -> Arc<Door> {
        Arc::clone(&self.door)
    }

    /// Waits until the port is lost to another process.
    pub(crate) async fn lost_port(&self) {
        self.door.lost().await;
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.door.is_open()
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

/// Serves all clients until the door is closed, and then those that are in.
async fn accept(door: Arc<Door>, transport: Transport, router: Router, limit: usize) {
    let announcer = Announcer::new();
    let mut hall = Hall { limit, ..Hall::default() };
    while let Some(step) = poll_fn(|context| hall.poll_step(&door, context)).await {
        match step {
            Step::Admit(stream, address) => {
                let (transport, router) = (transport.clone(), router.clone());
                let (connection, closing) = (hall.connections.add(), announcer.closing());
                hall.tasks.spawn(serve(stream, address, transport, router, connection, closing));
            }
            Step::Fail(error) => {
                if error.raw_os_error().is_some_and(|code| TOO_MANY_SOCKETS.contains(&code)) {
                    hall.make_room().await;
                }
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            Step::Empty => hall.tasks.shutdown().await,
        }
    }
    drop(announcer);
    while hall.tasks.join_next().await.is_some() {}
}

/// The connections that are served, and the client that waits for one of them to make room.
#[derive(Default)]
struct Hall {
    limit: usize,
    connections: Connections,
    // The connections belong to this set, so they end when the task does that has it.
    tasks: JoinSet<()>,
    newcomer: Option<(TcpStream, SocketAddr)>,
    /// Whether a connection was asked to leave for the newcomer.
    is_making_room: bool,
}

enum Step {
    Admit(TcpStream, SocketAddr),
    Fail(io::Error),
    /// The door was shut: nobody stays.
    Empty,
}

impl Hall {
    /// What is to be done next; nothing any more once the door is closed.
    ///
    /// The door is looked at whether there is room or not: outages and the end of the server wait for nobody.
    fn poll_step(&mut self, door: &Door, context: &mut Context<'_>) -> Poll<Option<Step>> {
        loop {
            while let Poll::Ready(Some(_)) = self.tasks.poll_join_next(context) {}
            if self.tasks.len() < self.limit
                && let Some((stream, address)) = self.newcomer.take()
            {
                self.is_making_room = false;
                return Poll::Ready(Some(Step::Admit(stream, address)));
            }
            let room = if self.newcomer.is_none() { Room::There } else { Room::Taken };
            match door.poll_next(context, room) {
                Poll::Ready(Some(Event::Arrival(Ok(newcomer)))) => self.newcomer = Some(newcomer),
                Poll::Ready(Some(Event::Arrival(Err(error)))) => {
                    return Poll::Ready(Some(Step::Fail(error)));
                }
                Poll::Ready(Some(Event::Shut)) => {
                    self.newcomer = None;
                    self.is_making_room = false;
                    return Poll::Ready(Some(Step::Empty));
                }
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    if self.newcomer.is_some() && !self.is_making_room {
                        self.is_making_room = self.connections.poll_make_room(context).is_ready();
                    }
                    return Poll::Pending;
                }
            }
        }
    }

    /// Has the longest idle connection leave, if any is idle.
    async fn make_room(&self) {
        poll_fn(|context| Poll::Ready(self.connections.poll_make_room(context).is_ready())).await;
    }
}

async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    transport: Transport,
    router: Router,
    connection: Connection,
    closing: Closing,
) {
    // Responses are single small writes; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    match transport {
        Transport::Plain => {
            exchange(stream, Peer { address, tls: None }, router, connection, closing).await;
        }
        #[cfg(feature = "tls")]
        Transport::Tls(tls) => {
            // A client that does not trust the certificate goes away here.
            let mut agreeing = pin!(timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)));
            // Nothing was asked for yet: there is nothing to finish.
            let agreeing = connection.unless_leaving(agreeing.as_mut());
            let agreed = closing.clone().unless(agreeing).await.flatten();
            if let Some(Ok(Ok(stream))) = agreed {
                let peer = Peer { address, tls: crate::tls::session(&stream) };
                exchange(stream, peer, router, connection, closing).await;
            }
        }
    }
}

async fn exchange<S>(
    stream: S,
    peer: Peer,
    router: Router,
    connection: Connection,
    closing: Closing,
) where
    S: AsyncRead + AsyncWrite + Resettable + Send + Unpin + 'static,
{
    let (stream, owner) = Lent::new(stream);
    let last_words = LastWords::default();
    let (words, told, busy) = (last_words.clone(), closing.clone(), connection.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        busy.set_busy();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(told.clone());
        let (response, words, busy) =
            (router.clone().oneshot(request), words.clone(), busy.clone());
        async move {
            let Ok(response) = response.await;
            words.or_pass(response).map(|response| response.map(|body| busy.answering(body)))
        }
    });
    let exchanges = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    // A client that breaks off or talks nonsense ends its connection, and nothing else.
    {
        let mut exchanges = pin!(exchanges);
        let ended = closing.clone().unless(connection.unless_leaving(exchanges.as_mut())).await;
        match ended {
            Some(Some(_)) => {}
            // It makes room for another client.
            Some(None) if connection.is_silent() => return,
            Some(None) | None => {
                exchanges.as_mut().graceful_shutdown();
                let _ = exchanges.await;
            }
        }
    }
    if let Some((response, disruption)) = last_words.take()
        && let Some(stream) = owner.take()
    {
        let _ = last_words::say(stream, response, disruption).await;
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::Notify;

    use super::*;

    const LIMIT: usize = 4;
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    async fn start(router: Router) -> Server {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Server::start_with(address, Transport::Plain, router, LIMIT).await.unwrap()
    }

    fn quick() -> Router {
        Router::new().route("/", get(async || "ok"))
    }

    async fn connect(server: &Server) -> TcpStream {
        TcpStream::connect(server.address()).await.unwrap()
    }

    /// Sends a request on a connection and reads the response, up to the end of its body.
    async fn ask(stream: &mut TcpStream) -> io::Result<()> {
        stream.write_all(REQUEST).await?;
        let mut response = Vec::new();
        while !response.ends_with(b"ok") {
            if stream.read_buf(&mut response).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// As many connections as there can be, each with this sent, and seen by the server.
    async fn crowd(server: &Server, sent: &[u8]) -> Vec<TcpStream> {
        let mut crowd = Vec::new();
        for _ in 0..LIMIT {
            let mut stream = connect(server).await;
            if sent == REQUEST {
                ask(&mut stream).await.unwrap();
            } else {
                stream.write_all(sent).await.unwrap();
            }
            crowd.push(stream);
        }
        crowd
    }

    #[tokio::test]
    async fn the_longest_idle_connection_makes_room_for_a_newcomer_whatever_it_has_sent() {
        for sent in [&b""[..], b"G", b"GET / HTTP/1.1\r\nHost: local", REQUEST] {
            let server = start(quick()).await;
            let mut crowd = crowd(&server, sent).await;
            let mut newcomers = Vec::new();

            for oldest in &mut crowd[..2] {
                let mut newcomer = connect(&server).await;
                ask(&mut newcomer).await.unwrap();
                newcomers.push(newcomer);

                // Closed, with a reset if something it sent was not read.
                assert!(matches!(oldest.read(&mut [0]).await, Ok(0) | Err(_)));
            }
            for stream in &crowd[2..] {
                let error = stream.try_read(&mut [0]).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{sent:?}");
            }
            drop((crowd, newcomers));
            server.stop(Duration::from_secs(3600)).await;
        }
    }

    #[tokio::test]
    async fn a_connection_that_has_been_of_use_stays_longer_than_a_silent_one() {
        let server = start(quick()).await;
        let mut used = connect(&server).await;
        ask(&mut used).await.unwrap();
        let mut silent = Vec::new();
        for _ in 1..LIMIT {
            silent.push(connect(&server).await);
        }

        for _ in 0..LIMIT {
            ask(&mut connect(&server).await).await.unwrap();
        }

        ask(&mut used).await.unwrap();
    }

    /// All connections carry a request that is not answered yet.
    async fn busy() -> (Server, Vec<TcpStream>, Arc<Notify>, Arc<Notify>) {
        let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handler = {
            let (arrived, go) = (Arc::clone(&arrived), Arc::clone(&go));
            async move || {
                arrived.notify_one();
                go.notified().await;
                "ok"
            }
        };
        let server = start(Router::new().route("/", get(handler))).await;
        let mut crowd = Vec::new();
        for _ in 0..LIMIT {
            let mut stream = connect(&server).await;
            stream.write_all(REQUEST).await.unwrap();
            arrived.notified().await;
            crowd.push(stream);
        }
        (server, crowd, arrived, go)
    }

    #[tokio::test]
    async fn a_newcomer_waits_for_busy_connections_and_gets_in_as_soon_as_one_is_idle() {
        let (server, crowd, arrived, go) = busy().await;
        let mut newcomer = connect(&server).await;
        newcomer.write_all(REQUEST).await.unwrap();

        go.notify_one();
        arrived.notified().await;
        go.notify_waiters();
        let mut response = Vec::new();
        while !response.ends_with(b"ok") {
            assert_ne!(newcomer.read_buf(&mut response).await.unwrap(), 0);
        }

        drop(crowd);
    }

    #[tokio::test]
    async fn an_outage_and_the_end_do_not_wait_for_a_place() {
        let (server, mut crowd, _arrived, _go) = busy().await;
        let mut newcomer = connect(&server).await;

        server.door().shut().unwrap();

        for stream in crowd.iter_mut().chain([&mut newcomer]) {
            assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
        }
        server.door().open();
        let crowd = self::crowd(&server, b"").await;
        // The time limit of the test runner is shorter.
        server.stop(Duration::from_secs(3600)).await;
        drop(crowd);
    }

    #[tokio::test]
    async fn a_server_that_lost_its_port_says_so() {
        let server = start(quick()).await;
        assert!(server.is_listening());

        server.door.lose();

        server.lost_port().await;
        assert!(!server.is_listening());
    }
}
