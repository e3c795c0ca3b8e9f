use std::sync::Arc;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use arc_swap::ArcSwapOption;
use aws_credential_types::Credentials;
use tokio::sync::watch;

use crate::clock;
use crate::upstream::{Issued, Upstream};

/// Credentials, and until when they are served without a refresh.
#[derive(Clone)]
pub(super) struct Dated {
    pub(super) credentials: Credentials,
    pub(super) fresh_until: SystemTime,
    pub(super) expires_at: SystemTime,
}

impl Dated {
    pub(super) fn new(issued: Issued, upstream: &Upstream) -> Self {
        Self {
            credentials: issued.sdk(),
            fresh_until: issued.expires_at - upstream.ahead(),
            expires_at: issued.expires_at,
        }
    }

    pub(super) fn if_fresh(&self, now: SystemTime) -> Option<&Self> {
        (now < self.fresh_until).then_some(self)
    }
}

/// A place for one value that threads share.
pub(super) trait Cell: Default + Send + Sync + 'static {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R;
    fn write(&self, dated: Option<Dated>);

    /// What it looks at to see whether the value is fresh.
    fn now() -> SystemTime {
        clock::precise()
    }
}

impl Cell for Mutex<Option<Dated>> {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        read(self.lock().unwrap_or_else(PoisonError::into_inner).as_ref())
    }
    fn write(&self, dated: Option<Dated>) {
        *self.lock().unwrap_or_else(PoisonError::into_inner) = dated;
    }
}

impl Cell for RwLock<Option<Dated>> {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        read(RwLock::read(self).unwrap_or_else(PoisonError::into_inner).as_ref())
    }
    fn write(&self, dated: Option<Dated>) {
        *RwLock::write(self).unwrap_or_else(PoisonError::into_inner) = dated;
    }
}

impl Cell for parking_lot::Mutex<Option<Dated>> {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        read(self.lock().as_ref())
    }
    fn write(&self, dated: Option<Dated>) {
        *self.lock() = dated;
    }
}

impl Cell for parking_lot::RwLock<Option<Dated>> {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        read(parking_lot::RwLock::read(self).as_ref())
    }
    fn write(&self, dated: Option<Dated>) {
        *parking_lot::RwLock::write(self) = dated;
    }
}

impl Cell for watch::Sender<Option<Dated>> {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        read(self.borrow().as_ref())
    }
    fn write(&self, dated: Option<Dated>) {
        self.send_replace(dated);
    }
}

impl Cell for ArcSwapOption<Dated> {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        read(self.load().as_deref())
    }
    fn write(&self, dated: Option<Dated>) {
        self.store(dated.map(Arc::new));
    }
}

/// An `ArcSwap` whose reader looks at the kernel's tick clock.
#[derive(Default)]
pub(super) struct Coarse(ArcSwapOption<Dated>);

impl Cell for Coarse {
    fn read<R>(&self, read: impl FnOnce(Option<&Dated>) -> R) -> R {
        self.0.read(read)
    }
    fn write(&self, dated: Option<Dated>) {
        self.0.write(dated);
    }
    fn now() -> SystemTime {
        clock::coarse()
    }
}
