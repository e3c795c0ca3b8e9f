use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Runs futures on this thread, as cheaply as can be if they are ready at once.
///
/// A hit is: then this is one poll and nothing else. What has to wait parks the thread.
#[derive(Debug)]
pub struct Waiting(Waker);

impl Waiting {
    /// For this thread.
    #[must_use]
    pub fn here() -> Self {
        Self(Waker::from(Arc::new(Unpark(thread::current()))))
    }

    /// The future's output.
    #[inline]
    pub fn for_output_of<F: Future>(&self, future: F) -> F::Output {
        let mut context = Context::from_waker(&self.0);
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
