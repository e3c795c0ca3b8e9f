mod limit;
mod pilot;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use stscreds_core::{Error, InteractiveSection, Timestamp};

pub(crate) use self::limit::within;
pub(crate) use self::pilot::Pilot;
use crate::sync::Mutex;

/// One contact with the source, and those who wait for it.
///
/// The pilot's task makes the contact; a waiter only waits. So a waiter that is
/// dropped takes nothing with it, and all get the one outcome, good or bad.
///
/// One mutex guards the board. A waiter leaves its waker in the same critical
/// section in which it sees that there is no outcome yet, and the landing takes the
/// wakers in the one in which it puts the outcome up: either the waiter sees the
/// outcome, or the landing sees the waker.
pub(crate) struct Flight<V> {
    began: Timestamp,
    board: Mutex<Board<V>>,
}

struct Board<V> {
    outcome: Option<Outcome<V>>,
    is_interactive: bool,
    next_seat: u64,
    seats: BTreeMap<u64, Waker>,
}

/// How a flight ended.
#[derive(Debug, Clone)]
pub(crate) enum Outcome<V> {
    /// With a value, which is installed.
    Arrived(V),
    /// With a value that was rejected while it was being fetched.
    Rejected(V),
    /// With a failure, and the value to serve in spite of it.
    Failed { error: Error, serve: Option<V>, is_stale: bool },
    /// Without a word: its runtime is gone, or it stood still for too long.
    Abandoned,
}

impl<V: Clone> Flight<V> {
    pub(crate) fn new(began: Timestamp) -> Arc<Self> {
        let board =
            Board { outcome: None, is_interactive: false, next_seat: 0, seats: BTreeMap::new() };
        Arc::new(Self { began, board: Mutex::new(board) })
    }

    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// Ends the flight, unless it has ended already, and wakes everybody.
    pub(crate) fn land(&self, outcome: Outcome<V>) {
        let mut board = self.board.lock();
        board.outcome.get_or_insert(outcome);
        board.is_interactive = false;
        let seats = std::mem::take(&mut board.seats);
        drop(board);
        // Outside of the lock: a waker may run code of an executor's own.
        seats.into_values().for_each(Waker::wake);
    }

    /// Tells the waiters whether the flight waits for a person, so that their own
    /// limits stand still as well.
    pub(crate) fn attend(&self, is_interactive: bool) {
        let mut board = self.board.lock();
        if board.is_interactive == is_interactive {
            return;
        }
        board.is_interactive = is_interactive;
        let seats = std::mem::take(&mut board.seats);
        drop(board);
        seats.into_values().for_each(Waker::wake);
    }

    /// Waits for the outcome.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up its seat and nothing else.
    pub(crate) fn wait(&self) -> Wait<'_, V> {
        Wait { flight: self, seat: None, section: None }
    }
}

/// Made by [`Flight::wait`].
pub(crate) struct Wait<'a, V> {
    flight: &'a Flight<V>,
    seat: Option<u64>,
    section: Option<InteractiveSection>,
}

impl<V> Unpin for Wait<'_, V> {}

impl<V: Clone> Future for Wait<'_, V> {
    type Output = Outcome<V>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let is_interactive = {
            let mut board = self.flight.board.lock();
            if let Some(outcome) = &board.outcome {
                return Poll::Ready(outcome.clone());
            }
            let seat = self.seat.unwrap_or_else(|| {
                board.next_seat += 1;
                board.next_seat
            });
            let replaced = board.seats.insert(seat, cx.waker().clone());
            let is_interactive = board.is_interactive;
            drop(board);
            // After the lock: dropping a waker may drop its task.
            drop(replaced);
            self.seat = Some(seat);
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
        if let Some(seat) = self.seat {
            let left = self.flight.board.lock().seats.remove(&seat);
            // After the lock, as above.
            drop(left);
        }
    }
}
