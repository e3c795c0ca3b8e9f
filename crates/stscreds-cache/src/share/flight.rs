mod inside;
mod waiters;

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use stscreds_core::{Error, InteractiveSection, Timestamp};
use tokio::runtime;

pub(crate) use self::inside::{enter, is_inside};
use self::waiters::Waiters;
use crate::alarm::Alarm;
use crate::share::slot::Installed;
use crate::share::sync::{Mutex, Once};

/// One contact with the source, and those who wait for it.
///
/// The refresh task makes the contact; a waiter only waits. So a waiter that is
/// dropped takes nothing with it, and all get the one outcome, good or bad.
///
/// The landing puts the outcome up first, and then takes the wakers from the board. A
/// waiter leaves its waker on the board, in a critical section in which it sees that
/// there is no outcome yet: so either it comes before the landing's and is woken, or it
/// comes after it and sees the outcome. A woken waiter reads the outcome without a
/// lock, as ten thousand may do so at once.
pub(crate) struct Flight<V> {
    began: Timestamp,
    outcome: Once<Outcome<V>>,
    board: Mutex<Board>,
    /// The runtime on which the task is, once it is.
    runtime: OnceLock<runtime::Id>,
    /// Whether the source is polled just now: for long, if it blocks its thread.
    is_polling: AtomicBool,
}

#[derive(Default)]
struct Board {
    is_interactive: bool,
    waiters: Waiters,
    /// The runtimes of virtual time on which a watchdog is kept.
    watched_on: Vec<runtime::Id>,
    /// The watchdog of real time.
    alarm: Option<Alarm>,
}

/// How a flight ended.
pub(crate) enum Outcome<V> {
    /// With a value, which is installed.
    Arrived(Arc<Installed<V>>),
    /// With a value that was rejected while it was being fetched.
    Rejected(Arc<Installed<V>>),
    /// With a failure.
    Failed(Error),
    /// Without a result: its runtime is gone.
    Abandoned,
    /// Without a result: its runtime has stalled for too long.
    Stalled,
}

impl<V> Clone for Outcome<V> {
    fn clone(&self) -> Self {
        match self {
            Self::Arrived(value) => Self::Arrived(Arc::clone(value)),
            Self::Rejected(value) => Self::Rejected(Arc::clone(value)),
            Self::Failed(error) => Self::Failed(error.clone()),
            Self::Abandoned => Self::Abandoned,
            Self::Stalled => Self::Stalled,
        }
    }
}

impl<V> Flight<V> {
    pub(crate) fn new(began: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            began,
            outcome: Once::new(),
            board: Mutex::new(Board::default()),
            runtime: OnceLock::new(),
            is_polling: AtomicBool::new(false),
        })
    }

    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// Ends the flight, unless it has ended already, and wakes everybody.
    pub(crate) fn land(&self, outcome: Outcome<V>) {
        self.outcome.set(outcome);
        let (wakers, alarm) = {
            let mut board = self.board.lock();
            (board.waiters.rouse(), board.alarm.take())
        };
        // Outside of the lock: a waker may run code of an executor's own.
        drop(alarm);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Whether the flight has ended, by its task or because it was given up.
    pub(crate) fn has_landed(&self) -> bool {
        self.outcome.is_set()
    }

    /// Whether the source is being polled at this moment.
    pub(crate) fn is_polling(&self) -> bool {
        // Acquire, with the Release of `Polling`: what the poll did has been done.
        self.is_polling.load(Ordering::Acquire)
    }

    /// Notes that the source is polled until the guard is dropped, also by a panic.
    fn polling(&self) -> Polling<'_> {
        self.is_polling.store(true, Ordering::Release);
        Polling(&self.is_polling)
    }

    /// The flight's task is on this runtime.
    pub(crate) fn runs_on(&self, runtime: runtime::Id) {
        // It is launched once.
        let _first = self.runtime.set(runtime);
    }

    /// Whether the flight's task is on this runtime.
    pub(crate) fn is_on(&self, runtime: runtime::Id) -> bool {
        self.runtime.get() == Some(&runtime)
    }

    pub(crate) fn is_interactive(&self) -> bool {
        self.board.lock().is_interactive
    }

    /// Keeps the alarm of a watchdog until the flight has ended.
    pub(crate) fn watched_by(&self, alarm: Alarm) {
        let replaced = {
            let mut board = self.board.lock();
            match self.outcome.is_set() {
                // The landing has taken the alarm that was there.
                true => Some(alarm),
                false => board.alarm.replace(alarm),
            }
        };
        drop(replaced);
    }

    /// Tells the waiters whether the flight waits for a person, so that their own
    /// limits stand still as well.
    pub(crate) fn attend(&self, is_interactive: bool) {
        let mut board = self.board.lock();
        board.is_interactive = is_interactive;
        let wakers = board.waiters.rouse();
        drop(board);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Whether no task watches this flight on this runtime yet; from now on one does.
    pub(crate) fn is_unwatched_on(&self, runtime: runtime::Id) -> bool {
        let watched_on = &mut self.board.lock().watched_on;
        let is_unwatched = !watched_on.contains(&runtime);
        if is_unwatched {
            watched_on.push(runtime);
        }
        is_unwatched
    }

    /// Waits for the outcome.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up its place and nothing else.
    pub(crate) fn wait(&self) -> Wait<'_, V> {
        Wait { flight: self, place: None, section: None }
    }
}

/// See [`Flight::polling`].
struct Polling<'a>(&'a AtomicBool);

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Made by [`Flight::wait`].
pub(crate) struct Wait<'a, V> {
    flight: &'a Flight<V>,
    place: Option<usize>,
    section: Option<InteractiveSection>,
}

impl<V> Unpin for Wait<'_, V> {}

impl<V> Future for Wait<'_, V> {
    type Output = Outcome<V>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(outcome) = self.flight.outcome.get() {
            // The landing has taken the waker, or will; there is no place to give up.
            self.place = None;
            return Poll::Ready(outcome);
        }
        let waker = cx.waker().clone();
        let is_interactive = {
            let mut board = self.flight.board.lock();
            if let Some(late) = self.flight.outcome.get() {
                return Poll::Ready(late);
            }
            let (place, replaced) = match self.place {
                Some(place) => (place, board.waiters.renew(place, waker)),
                None => (board.waiters.take(waker), None),
            };
            let is_interactive = board.is_interactive;
            drop(board);
            // After the lock: dropping a waker may drop its task.
            drop(replaced);
            self.place = Some(place);
            is_interactive
        };
        match (is_interactive, self.section.is_some()) {
            (true, false) => self.section = Some(InteractiveSection::open()),
            (false, true) => self.section = None,
            _ => {}
        }
        Poll::Pending
    }
}

impl<V> Drop for Wait<'_, V> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            let left = self.flight.board.lock().waiters.leave(place);
            // After the lock, as above.
            drop(left);
        }
    }
}
