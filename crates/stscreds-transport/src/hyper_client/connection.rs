use std::error::Error as StdError;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{HttpError, HttpErrorKind, MaxResponseBytes};

/// What bytes are read from and written to: TCP, or TLS over it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection, served while a request waits for it: no task of its own.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: Driver,
    /// Whether a byte of the current request was written.
    // Relaxed: set and read by the one task that serves the connection.
    written: Arc<AtomicBool>,
}

impl Connection {
    pub(super) async fn over(stream: Box<dyn Stream>) -> Result<Self, HttpError> {
        let written = Arc::new(AtomicBool::new(false));
        let watched = Watched { stream, written: Arc::clone(&written) };
        let (sender, driver) = http1::handshake(TokioIo::new(watched))
            .await
            .map_err(|error| connect_error("cannot begin HTTP").with_source(error))?;
        Ok(Self { sender, driver: Driver(Some(Box::pin(driver))), written })
    }

    /// Sends a request and reads its whole response.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, HttpError> {
        let MaxResponseBytes(limit) = MaxResponseBytes::of(request.extensions());
        self.written.store(false, Ordering::Relaxed);
        let response = self.sender.send_request(request.map(Full::new));
        let whole = async {
            let (head, body) = response.await.map_err(Failure::Http)?.into_parts();
            let body = Limited::new(body, limit).collect().await.map_err(Failure::Body)?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        let outcome = self.driver.serve(whole).await;
        outcome.map_err(|failure: Failure| {
            let error = failure.into_error(limit);
            if self.written.load(Ordering::Relaxed) { error } else { error.unsent() }
        })
    }

    /// Whether another request can be sent.
    pub(super) async fn is_usable(&mut self) -> bool {
        self.driver.serve(self.sender.ready()).await.is_ok() && !self.sender.is_closed()
    }
}

/// The connection's own work, until it ends.
struct Driver(Option<Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>>);

impl Driver {
    /// Waits for a part of the connection's work, and does that work meanwhile.
    async fn serve<T>(&mut self, part: impl Future<Output = T>) -> T {
        let mut part = pin!(part);
        poll_fn(|context| {
            self.turn(context);
            if let Poll::Ready(outcome) = part.as_mut().poll(context) {
                return Poll::Ready(outcome);
            }
            // The part may just have given the driver something to do, or taken what it waited to hand over.
            self.turn(context);
            part.as_mut().poll(context)
        })
        .await
    }

    fn turn(&mut self, context: &mut Context<'_>) {
        let is_over = self.0.as_mut().is_some_and(|work| work.as_mut().poll(context).is_ready());
        if is_over {
            self.0 = None;
        }
    }
}

/// Why there is no whole response.
enum Failure {
    Http(hyper::Error),
    Body(Box<dyn StdError + Send + Sync>),
}

impl Failure {
    fn into_error(self, limit: usize) -> HttpError {
        let broken = || {
            let what = "the connection ended before the response was complete";
            HttpError::new(HttpErrorKind::Broken, what)
        };
        match self {
            Self::Http(error) if error.is_parse() => {
                HttpError::new(HttpErrorKind::InvalidResponse, "the response is not HTTP")
                    .with_source(error)
            }
            Self::Http(error) => broken().with_source(error),
            Self::Body(error) if error.is::<LengthLimitError>() => HttpError::new(
                HttpErrorKind::ResponseTooLarge,
                format!("the response has more than {limit} bytes"),
            ),
            Self::Body(error) => broken().with_source(error),
        }
    }
}

/// A stream that notes when the first byte of a request is written.
struct Watched {
    stream: Box<dyn Stream>,
    written: Arc<AtomicBool>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        // A write that failed may have left something on the wire.
        if outcome.is_ready() {
            self.written.store(true, Ordering::Relaxed);
        }
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

fn connect_error(what: &'static str) -> HttpError {
    HttpError::new(HttpErrorKind::Connect, what)
}
