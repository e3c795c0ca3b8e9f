use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Waits for a person: time limits around it stand still meanwhile.
///
/// A cache bounds how long a provider may take. That limit is meant for networks
/// and not for somebody who is looking for a phone, so whatever asks a person
/// awaits the answer through this function. The limits on the requests before
/// and after the answer stay as they are.
///
/// It is seen by the limits that are polled in the same task. What runs in a task
/// or thread of its own is wrapped where it is awaited, not inside:
/// `interactive(spawn_blocking(read_the_code)).await`.
///
/// # Cancel safety
///
/// Dropping the future ends the wait, and the limits count on.
pub async fn interactive<F: Future>(wait: F) -> F::Output {
    let _section = InteractiveSection::open();
    wait.await
}

/// A stretch of time in which a person is waited for; ends when dropped.
///
/// [`interactive`] is the usual way to have one.
#[must_use = "the section ends when this is dropped"]
pub struct InteractiveSection(Option<Arc<Scope>>);

impl InteractiveSection {
    /// Begins a section in the scope that is polled on this thread now, if any.
    pub fn open() -> Self {
        let scope = CURRENT.try_with(|current| current.borrow().clone()).ok().flatten();
        if let Some(scope) = &scope {
            scope.each_outward(|open| {
                open.fetch_add(1, Ordering::Relaxed);
            });
        }
        Self(scope)
    }
}

impl Drop for InteractiveSection {
    fn drop(&mut self) {
        if let Some(scope) = &self.0 {
            scope.each_outward(|open| {
                open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
}

impl fmt::Debug for InteractiveSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InteractiveSection")
    }
}

/// What a time limit needs to know: whether the future it bounds is waiting for a
/// person.
///
/// Poll the future inside [`enter`](Self::enter), then ask
/// [`is_open`](Self::is_open). Scopes nest: a section inside is open for every
/// limit around it.
///
/// ```
/// use std::pin::pin;
/// use std::task::{Context, Waker};
/// use stscreds_core::{InteractiveScope, interactive};
///
/// let scope = InteractiveScope::new();
/// let mut asking = pin!(interactive(std::future::pending::<()>()));
/// let mut cx = Context::from_waker(Waker::noop());
///
/// assert!(!scope.is_open());
/// assert!(scope.enter(|| asking.as_mut().poll(&mut cx)).is_pending());
/// assert!(scope.is_open());
/// ```
pub struct InteractiveScope(Arc<Scope>);

struct Scope {
    open: AtomicUsize,
    outer: Option<Arc<Self>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Scope>>> = const { RefCell::new(None) };
}

impl InteractiveScope {
    /// A scope inside the one that is polled on this thread now, if any.
    #[must_use]
    pub fn new() -> Self {
        let outer = CURRENT.try_with(|current| current.borrow().clone()).ok().flatten();
        Self(Arc::new(Scope { open: AtomicUsize::new(0), outer }))
    }

    /// Runs `poll`; sections that it opens belong to this scope.
    pub fn enter<R>(&self, poll: impl FnOnce() -> R) -> R {
        let _restore = Restore(swap_current(Some(Arc::clone(&self.0))));
        poll()
    }

    /// Whether a person is being waited for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.open.load(Ordering::Relaxed) > 0
    }
}

impl Default for InteractiveScope {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for InteractiveScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InteractiveScope").field("open", &self.is_open()).finish()
    }
}

impl Scope {
    fn each_outward(&self, change: impl Fn(&AtomicUsize)) {
        let mut scope = Some(self);
        while let Some(here) = scope {
            change(&here.open);
            scope = here.outer.as_deref();
        }
    }
}

/// Puts the outer scope back, also when a poll panics.
struct Restore(Option<Arc<Scope>>);

impl Drop for Restore {
    fn drop(&mut self) {
        swap_current(self.0.take());
    }
}

fn swap_current(scope: Option<Arc<Scope>>) -> Option<Arc<Scope>> {
    // A thread that is ending has no scope, and nothing to restore.
    CURRENT.try_with(|current| current.replace(scope)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_section_is_open_for_every_scope_around_it_until_it_ends() {
        let mut cx = Context::from_waker(Waker::noop());
        let outer = InteractiveScope::new();
        let inner = outer.enter(InteractiveScope::new);
        let unrelated = InteractiveScope::new();
        {
            let mut asking = pin!(interactive(pending::<()>()));

            let poll = || inner.enter(|| asking.as_mut().poll(&mut cx));
            assert!(outer.enter(poll).is_pending());

            assert!(inner.is_open() && outer.is_open() && !unrelated.is_open());
        }
        assert!(!inner.is_open() && !outer.is_open());
    }

    #[test]
    fn a_poll_that_panics_leaves_no_scope_behind() {
        let scope = InteractiveScope::new();

        let panicked = catch_unwind(AssertUnwindSafe(|| scope.enter(|| panic!("provider"))));
        let _section = InteractiveSection::open();

        assert!(panicked.is_err());
        assert!(!scope.is_open());
    }
}
