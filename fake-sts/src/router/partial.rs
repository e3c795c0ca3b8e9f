use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;

/// A body that does not end as it should.
#[derive(Debug)]
pub(super) struct Partial {
    data: Option<Bytes>,
    end: End,
}

#[derive(Debug)]
enum End {
    Fails,
    Stalls,
}

impl Partial {
    /// Fails after these bytes, as a connection that is reset.
    pub(super) fn failing(data: Vec<u8>) -> Self {
        Self { data: Some(data.into()), end: End::Fails }
    }

    /// Neither goes on nor ends after these bytes.
    pub(super) fn stalling(data: Vec<u8>) -> Self {
        Self { data: Some(data.into()), end: End::Stalls }
    }
}

impl HttpBody for Partial {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match (self.data.take(), &self.end) {
            (Some(data), _) => Poll::Ready(Some(Ok(Frame::data(data)))),
            (None, End::Fails) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
            // Nobody will ever wake it: the client leaves, or the server stops.
            (None, End::Stalls) => Poll::Pending,
        }
    }
}
