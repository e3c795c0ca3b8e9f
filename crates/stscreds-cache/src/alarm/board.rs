use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use crate::caught::caught;

/// Wakes somebody at an instant; dropped before that, it does not.
#[derive(Debug)]
pub(crate) struct Alarm {
    key: Key,
}

/// The instant, and a number, as several alarms may be set to one instant.
type Key = (Instant, u64);

/// Everybody who waits in this process.
static BOARD: Board = Board { waiting: Mutex::new(Waiting::new()), changed: Condvar::new() };

struct Board {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    wakers: BTreeMap<Key, Waker>,
    next: u64,
    is_kept: bool,
    /// What tests have let pass.
    elapsed: Duration,
}

impl Alarm {
    /// Wakes the waker once so much time has passed.
    pub(crate) fn after(time: Duration, waker: Waker) -> Self {
        BOARD.set(time, waker)
    }

    /// The same for another waker. Says whether it is still to come.
    pub(crate) fn renew(&self, waker: &Waker) -> bool {
        BOARD.renew(self.key, waker)
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        // After the lock: dropping a waker may drop its task.
        let removed = BOARD.remove(self.key);
        drop(removed);
    }
}

/// Lets time pass for the alarms that are set.
#[cfg(all(test, not(stscreds_loom)))]
pub(crate) fn elapse(time: Duration) {
    BOARD.lock().elapsed += time;
    BOARD.changed.notify_one();
}

impl Waiting {
    const fn new() -> Self {
        Self { wakers: BTreeMap::new(), next: 0, is_kept: false, elapsed: Duration::ZERO }
    }

    #[expect(clippy::disallowed_methods, reason = "a thread can only wait for real time")]
    fn now(&self) -> Instant {
        Instant::now() + self.elapsed
    }

    fn first(&self) -> Option<Instant> {
        self.wakers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Somebody whose time has come, or else how long to wait for the next one.
    fn due(&mut self) -> Result<Waker, Option<Duration>> {
        let Some(at) = self.first() else { return Err(None) };
        let left = at.saturating_duration_since(self.now());
        match self.wakers.first_entry().filter(|_| left.is_zero()) {
            Some(due) => Ok(due.remove()),
            None => Err(Some(left)),
        }
    }
}

impl Board {
    fn set(&self, time: Duration, waker: Waker) -> Alarm {
        let mut waiting = self.lock();
        let now = waiting.now();
        let at = now.checked_add(time).unwrap_or(now + FAR);
        let key = (at, waiting.next);
        waiting.next += 1;
        let is_first = waiting.first().is_none_or(|first| at < first);
        waiting.wakers.insert(key, waker);
        if !waiting.is_kept {
            let thread = thread::Builder::new().name("stscreds-alarm".to_owned());
            // Without a thread no limit is kept, until the next alarm finds one.
            waiting.is_kept = thread.spawn(|| BOARD.keep()).is_ok();
        } else if is_first {
            self.changed.notify_one();
        }
        Alarm { key }
    }

    fn renew(&self, key: Key, waker: &Waker) -> bool {
        let replaced = {
            let mut waiting = self.lock();
            let Some(known) = waiting.wakers.get_mut(&key) else { return false };
            if known.will_wake(waker) {
                return true;
            }
            std::mem::replace(known, waker.clone())
        };
        drop(replaced);
        true
    }

    fn remove(&self, key: Key) -> Option<Waker> {
        let mut waiting = self.lock();
        let removed = waiting.wakers.remove(&key);
        if waiting.wakers.is_empty() {
            // The thread has nothing more to do.
            self.changed.notify_one();
        }
        removed
    }

    /// What the thread does until nobody waits.
    fn keep(&self) {
        let mut waiting = self.lock();
        loop {
            match waiting.due() {
                Ok(waker) => {
                    drop(waiting);
                    // A waker may run code of an executor's own.
                    let _woken = caught("a waker", || waker.wake());
                    waiting = self.lock();
                }
                Err(Some(left)) => {
                    let waited = self.changed.wait_timeout(waiting, left);
                    (waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
                }
                Err(None) => {
                    waiting.is_kept = false;
                    return;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For a time that no instant can express.
const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);
