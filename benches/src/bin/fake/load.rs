use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use benches::clock;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

type Requests = Rc<[Request<Full<Bytes>>]>;

/// What came of a load.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Of each answer, in tenths of a microsecond.
    pub(crate) latencies: Vec<u32>,
    pub(crate) refusals: u64,
    pub(crate) took: Duration,
}

/// When a load ends: whichever comes first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Until {
    pub(crate) passed: Duration,
    pub(crate) answers: usize,
}

/// Sends these requests over and over, each connection the next one as soon as it has an answer.
///
/// From one thread, so that the servers have all cores but one.
pub(crate) fn put(
    address: SocketAddr,
    requests: Vec<Request<Full<Bytes>>>,
    connections: usize,
    until: Until,
) -> Result<Answers, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let requests = Requests::from(requests);
    let began = clock::instant();
    let each = until.answers.div_ceil(connections);
    let ends = began + until.passed;
    let mut all = Answers::default();
    LocalSet::new().block_on(&runtime, async {
        let mut tasks = JoinSet::new();
        for first in 0..connections {
            // Connections start at different requests, as users do.
            let first = first * requests.len() / connections;
            tasks.spawn_local(one_connection(address, Rc::clone(&requests), first, ends, each));
        }
        while let Some(ended) = tasks.join_next().await {
            let answers = ended.map_err(|error| error.to_string())??;
            all.latencies.extend(answers.latencies);
            all.refusals += answers.refusals;
        }
        Ok::<_, String>(())
    })?;
    all.took = began.elapsed();
    Ok(all)
}

async fn one_connection(
    address: SocketAddr,
    requests: Requests,
    first: usize,
    ends: Instant,
    most: usize,
) -> Result<Answers, String> {
    let mut answers = Answers::default();
    let mut connection = None;
    for request in requests.iter().cycle().skip(first).take(most) {
        let asked = clock::instant();
        if asked >= ends {
            break;
        }
        let status = ask(&mut connection, address, request.clone()).await?;
        let tenths = asked.elapsed().as_nanos() / 100;
        answers.latencies.push(u32::try_from(tenths).unwrap_or(u32::MAX));
        answers.refusals += u64::from(status != StatusCode::OK);
    }
    Ok(answers)
}

type Connection = Option<SendRequest<Full<Bytes>>>;

/// Over the connection there is, or a new one if the server has closed it: that is then part of its price.
async fn ask(
    connection: &mut Connection,
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, String> {
    let mut tries = 0;
    loop {
        let mut sender = match connection.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => connected(address).await.map_err(|error| error.to_string())?,
        };
        let asked = async {
            sender.ready().await?;
            let answer = sender.send_request(request.clone()).await?;
            let status = answer.status();
            answer.into_body().collect().await.map(|_| status)
        };
        match asked.await {
            Ok(status) => {
                *connection = Some(sender);
                return Ok(status);
            }
            // Closed between two requests, which a client learns from the second.
            Err(_) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.to_string()),
        }
    }
}

const TRIES: usize = 3;

async fn connected(
    address: SocketAddr,
) -> Result<SendRequest<Full<Bytes>>, Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::task::spawn_local(async move {
        // How it ends is told to whoever asks over it.
        let _ = connection.await;
    });
    Ok(sender)
}
