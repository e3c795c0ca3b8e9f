use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;

/// An answer's body, read as it comes: one that breaks off does so in the hands of its reader, as over a connection.
pub(super) struct Streamed {
    /// Never locked: the SDK wants bodies to be `Sync`, and axum's are not.
    body: Mutex<Body>,
}

impl Streamed {
    pub(super) fn new(body: Body) -> Self {
        Self { body: Mutex::new(body) }
    }
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        Pin::new(body).poll_frame(context)
    }
}
