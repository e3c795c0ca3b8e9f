use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fault::{Disruption, Ending, Fate};

/// What is still to be said on a connection that a fault ends.
///
/// Said by hand: HTTP done properly has no way to break off, or to promise more than it sends.
#[derive(Clone, Debug, Default)]
pub(super) struct LastWords(Arc<Mutex<Option<(Response, Disruption)>>>);

/// Tells HTTP to let go of the connection.
#[derive(Debug, thiserror::Error)]
#[error("a fault ends the connection")]
pub(super) struct LetGo;

/// A stream that can be made to end with a reset.
pub(super) trait Resettable {
    fn reset_when_dropped(&self);
}

impl LastWords {
    /// Lets an answer through, unless a fault wants its connection to end.
    pub(super) fn or_pass(&self, response: Response) -> Result<Response, LetGo> {
        let Some(disruption) = response.extensions().get::<Disruption>().copied() else {
            return Ok(response);
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((response, disruption));
        Err(LetGo)
    }

    pub(super) fn take(&self) -> Option<(Response, Disruption)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Sends what shall be seen of the answer, and ends the connection.
pub(super) async fn say<S: AsyncWrite + Unpin + Resettable>(
    mut stream: S,
    response: Response,
    disruption: Disruption,
) -> io::Result<()> {
    if disruption.answer == Fate::Sent {
        // An outage that was asked for begins as the response goes, so that whoever has the answer finds the port closed. It breaks off this
        // connection, too, but not before its next wait, and for so short an answer there is none.
        let bytes = bytes(response).await;
        stream.write_all(&bytes).await?;
        stream.flush().await?;
    }
    match disruption.ending {
        Ending::Reset => stream.reset_when_dropped(),
        Ending::Close => stream.shutdown().await?,
    }
    Ok(())
}

/// Head and body, the latter as far as it goes.
async fn bytes(response: Response) -> Vec<u8> {
    let (mut parts, body) = response.into_parts();
    let body = as_far_as_it_goes(body).await;
    parts.headers.entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from(body.len()));
    let mut head = format!("HTTP/1.1 {}\r\n", parts.status);
    for (name, value) in &parts.headers {
        let _ = write!(head, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
    }
    head.push_str("\r\n");
    [head.into_bytes(), body].concat()
}

async fn as_far_as_it_goes(mut body: Body) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    bytes
}

impl Resettable for TcpStream {
    fn reset_when_dropped(&self) {
        // Where it cannot be, the connection just closes.
        let _ = self.set_zero_linger();
    }
}

#[cfg(feature = "tls")]
impl Resettable for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset_when_dropped(&self) {
        self.get_ref().0.reset_when_dropped();
    }
}
