use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::observe::event::Event;

/// Is told each [`Event`], in order, off the cache's paths.
///
/// A cheap handle, which any number of caches may share: a pool should. It is called
/// on a thread of its own that lives while there is something to tell. So it may
/// block, be slow or panic, and nobody but itself is harmed: what comes after the 1,024
/// events that wait for it is dropped and counted.
///
/// ```
/// use stscreds_cache::event::Happening;
/// use stscreds_cache::{CredentialsCache, Observer};
/// # use stscreds_core::Credentials;
/// # let provider = Credentials::new("AKIAEXAMPLE", "a secret");
/// let observer = Observer::new(|event| {
///     if let Happening::RefreshFailed { error, .. } = &event.happening {
///         eprintln!("{}: {error}", event.at);
///     }
/// });
/// let cache = CredentialsCache::builder(provider).observer(observer).build();
/// ```
#[derive(Clone)]
pub struct Observer(Arc<Courier>);

struct Courier {
    observe: Box<dyn Fn(&Event) + Send + Sync>,
    mail: Mutex<Mail>,
}

#[derive(Default)]
struct Mail {
    waiting: VecDeque<Event>,
    is_delivering: bool,
    dropped: u64,
}

impl Observer {
    /// An observer that calls `observe` for each event.
    pub fn new(observe: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Courier { observe: Box::new(observe), mail: Mutex::default() }))
    }

    /// How many events were dropped because the observer was too slow.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.0.mail().dropped
    }

    pub(crate) fn tell(&self, event: Event) {
        let mut mail = self.0.mail();
        if mail.waiting.len() >= CAPACITY {
            mail.dropped += 1;
            return;
        }
        mail.waiting.push_back(event);
        if mail.is_delivering {
            return;
        }
        mail.is_delivering = true;
        drop(mail);
        let courier = Arc::clone(&self.0);
        let started = thread::Builder::new()
            .name("stscreds-observer".to_owned())
            .spawn(move || courier.deliver());
        if started.is_err() {
            // No thread to be had: the next event tries again.
            self.0.mail().is_delivering = false;
        }
    }
}

impl Courier {
    fn deliver(&self) {
        while let Some(event) = self.next() {
            // What the observer does to itself is its own affair; the next event is told all the same.
            let _panicked = catch_unwind(AssertUnwindSafe(|| (self.observe)(&event)));
        }
    }

    fn next(&self) -> Option<Event> {
        let mut mail = self.mail();
        let next = mail.waiting.pop_front();
        mail.is_delivering = next.is_some();
        next
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}

/// Hours of a failing cache's events, or one burst of a large pool.
const CAPACITY: usize = 1_024;

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use stscreds_core::Timestamp;

    use super::*;
    use crate::observe::event::Happening;

    fn event(second: i64) -> Event {
        Event {
            at: Timestamp::from_unix_seconds(second),
            cache: None,
            happening: Happening::RefreshStarted,
        }
    }

    #[test]
    fn events_are_told_in_order_also_after_one_that_made_the_observer_panic() {
        let (sender, told) = mpsc::channel();
        let observer = Observer::new(move |event| {
            let second = event.at.unix_seconds();
            sender.send(second).unwrap();
            assert_ne!(second, 1, "the observer does not like this one");
        });

        (0..4).for_each(|second| observer.tell(event(second)));

        let told: Vec<_> = told.iter().take(4).collect();
        assert_eq!(told, [0, 1, 2, 3]);
    }

    #[test]
    fn what_happens_after_a_pause_is_told_as_well() {
        let (sender, told) = mpsc::channel();
        let observer = Observer::new(move |event| sender.send(event.at.unix_seconds()).unwrap());

        for second in 0..3 {
            observer.tell(event(second));
            assert_eq!(told.recv().unwrap(), u64::try_from(second).unwrap());
            // Until the thread sees that there is nothing more, and ends.
            while observer.0.mail().is_delivering {
                thread::yield_now();
            }
        }
    }

    #[test]
    fn an_observer_that_never_returns_costs_its_own_events_and_nothing_else() {
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let released = Mutex::new(released);
        let observer = Observer::new(move |_| {
            started.send(()).unwrap();
            let _closed = released.lock().unwrap().recv();
        });
        observer.tell(event(0));
        has_started.recv().unwrap();

        for second in 0..2_000 {
            observer.tell(event(second));
        }

        assert_eq!(observer.dropped(), 2_000 - 1_024);
        assert!(has_started.try_recv().is_err(), "it is told one at a time");
        drop(release);
    }
}
