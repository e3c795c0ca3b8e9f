use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http::header;
use hyper::body::Frame;

/// An answer's body as it comes out of a connection: read as it comes, broken off where it breaks off, and of the promised length.
pub(super) struct Streamed {
    /// Never locked: the SDK wants bodies to be `Sync`, and axum's are not.
    body: Mutex<Body>,
    /// How many bytes `Content-Length` still promises; nothing if it promises nothing.
    promised: Option<usize>,
}

impl Streamed {
    pub(super) fn of(answer: Response) -> http::Response<Self> {
        let promised = answer.headers().get(header::CONTENT_LENGTH);
        let promised = promised.and_then(|length| length.to_str().ok()?.parse().ok());
        answer.map(|body| Self { body: Mutex::new(body), promised })
    }

    /// What a client reads of some more bytes.
    fn cut(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        frame.map_data(|mut data| {
            if let Some(promised) = &mut self.promised {
                data.truncate(*promised);
                *promised -= data.len();
            }
            data
        })
    }
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.promised == Some(0) {
            return Poll::Ready(None);
        }
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let frame = match ready!(Pin::new(body).poll_frame(context)) {
            Some(Ok(frame)) => Some(Ok(self.cut(frame))),
            None if self.promised.is_some() => {
                let early = io::Error::from(io::ErrorKind::UnexpectedEof);
                Some(Err(axum::Error::new(early)))
            }
            end_or_error => end_or_error,
        };
        Poll::Ready(frame)
    }
}
