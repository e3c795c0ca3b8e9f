use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

use axum::extract::FromRequestParts;
use http::Extensions;
use http::request::Parts;
use tokio::sync::watch;

/// Tells whoever is inside that the server is about to stop, by being dropped.
#[derive(Debug)]
pub(crate) struct Announcer(watch::Sender<()>);

/// Whether the server is about to stop.
///
/// It is among the extensions of each request that came over a socket. What waits on purpose, for calls to come or for the client to leave, ends
/// by it: it would take up all the time that requests under way have to finish.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closing(Option<watch::Receiver<()>>);

impl Announcer {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    pub(crate) fn closing(&self) -> Closing {
        Closing(Some(self.0.subscribe()))
    }
}

impl Closing {
    /// That of a request; never, if it came without a socket.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Waits until it is.
    pub(crate) async fn begun(self) {
        match self.0 {
            Some(mut receiver) => while receiver.changed().await.is_ok() {},
            None => pending().await,
        }
    }

    /// What a future yields; nothing if the server is about to stop before.
    pub(crate) async fn unless<F: Future>(self, future: F) -> Option<F::Output> {
        let (mut begun, mut future) = (pin!(self.begun()), pin!(future));
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => begun.as_mut().poll(context).map(|()| None),
        })
        .await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Closing {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}
