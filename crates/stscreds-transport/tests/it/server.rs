use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use stscreds_transport::{HttpClient, HttpError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A server that says what a test tells it to.
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    heads: Vec<String>,
}

impl Server {
    /// Responds to each request with these bytes, and ends the connection after those
    /// that say so.
    pub async fn saying(response: impl Into<String>) -> Self {
        let response = response.into();
        Self::start(None, move |_head| response.clone()).await
    }

    pub async fn responding(respond: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::start(None, respond).await
    }

    /// The same behind TLS.
    pub async fn start(
        tls: Option<TlsAcceptor>,
        respond: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, respond) = (Arc::<Mutex<Seen>>::default(), Arc::new(respond));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                noted.lock().unwrap().connections += 1;
                let (noted, respond, tls) = (Arc::clone(&noted), Arc::clone(&respond), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(connection, &noted, &*respond).await,
                        Some(tls) => {
                            let Ok(connection) = tls.accept(connection).await else { return };
                            serve(connection, &noted, &*respond).await;
                        }
                    }
                });
            }
        });
        Self { address, seen }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// The heads of the requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().heads.clone()
    }
}

async fn serve(
    mut connection: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Seen>,
    respond: &(dyn Fn(&str) -> String + Send + Sync),
) {
    while let Some(head) = head(&mut connection).await {
        let response = respond(&head);
        seen.lock().unwrap().heads.push(head);
        if let Some(target) = response.strip_prefix("TUNNEL ") {
            let target = TcpStream::connect(target).await;
            let established = b"HTTP/1.1 200 Connection established\r\n\r\n";
            connection.write_all(established).await.unwrap();
            let _ended = tokio::io::copy_bidirectional(&mut connection, &mut target.unwrap()).await;
            return;
        }
        if connection.write_all(response.as_bytes()).await.is_err()
            || !response.contains("content-length")
            || response.contains("connection: close")
        {
            break;
        }
    }
    let _ended = connection.shutdown().await;
}

/// Reads a request, and returns its head.
async fn head(connection: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    connection.read_exact(&mut vec![0; length]).await.ok()?;
    Some(head)
}

/// Sends a body to a URL.
pub async fn post(
    client: &impl HttpClient,
    url: &str,
    body: &'static str,
) -> Result<Response<Bytes>, HttpError> {
    client.send(request(url, body)).await
}

pub fn request(url: &str, body: &'static str) -> Request<Bytes> {
    Request::post(url).body(Bytes::from_static(body.as_bytes())).unwrap()
}

/// A TLS server for `localhost`, and its certificate in PEM form.
pub fn acceptor() -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}
