//! Which stripe a thread uses.

pub(super) use self::seats::of_this_thread;
#[cfg(all(test, stscreds_loom))]
pub(crate) use self::seats::sit;

/// Given out in turn, once per thread.
#[cfg(not(stscreds_loom))]
mod seats {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);

    const NONE: usize = usize::MAX;

    thread_local! {
        static SEAT: Cell<usize> = const { Cell::new(NONE) };
    }

    #[inline]
    pub(crate) fn of_this_thread() -> usize {
        SEAT.with(|seat| match seat.get() {
            NONE => take(seat),
            taken => taken,
        })
    }

    #[cold]
    fn take(seat: &Cell<usize>) -> usize {
        // Relaxed: only that the numbers differ matters.
        let taken = NEXT.fetch_add(1, Ordering::Relaxed) % NONE;
        seat.set(taken);
        taken
    }
}

/// As the model says.
#[cfg(stscreds_loom)]
mod seats {
    use std::cell::Cell;

    loom::thread_local! {
        static SEAT: Cell<usize> = Cell::new(0);
    }

    pub(crate) fn of_this_thread() -> usize {
        SEAT.with(Cell::get)
    }

    #[cfg(test)]
    pub(crate) fn sit(seat: usize) {
        SEAT.with(|it| it.set(seat));
    }
}
