//! Which stripe a thread uses.

#[cfg(all(test, stscreds_loom))]
pub(crate) use self::stripes::choose;
pub(crate) use self::stripes::current;

/// Given out in turn, once per thread.
#[cfg(not(stscreds_loom))]
mod stripes {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);

    const NONE: usize = usize::MAX;

    thread_local! {
        static STRIPE: Cell<usize> = const { Cell::new(NONE) };
    }

    #[inline]
    pub(crate) fn current() -> usize {
        STRIPE.with(|stripe| match stripe.get() {
            NONE => take(stripe),
            taken => taken,
        })
    }

    #[cold]
    fn take(stripe: &Cell<usize>) -> usize {
        // Relaxed: only that the numbers differ matters.
        let taken = NEXT.fetch_add(1, Ordering::Relaxed) % NONE;
        stripe.set(taken);
        taken
    }
}

/// As the model says.
#[cfg(stscreds_loom)]
mod stripes {
    use std::cell::Cell;

    loom::thread_local! {
        static STRIPE: Cell<usize> = Cell::new(0);
    }

    pub(crate) fn current() -> usize {
        STRIPE.with(Cell::get)
    }

    #[cfg(test)]
    pub(crate) fn choose(stripe: usize) {
        STRIPE.with(|it| it.set(stripe));
    }
}
