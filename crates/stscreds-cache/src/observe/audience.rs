use std::sync::{Arc, OnceLock};

use stscreds_core::Timestamp;
use tokio::sync::broadcast::Sender;

use crate::observe::event::{Event, Happening};
use crate::observe::log::log;
use crate::observe::observer::Observer;
use crate::observe::subscription::Subscription;

/// Everybody who is told what happens in one cache.
#[derive(Default)]
pub(crate) struct Audience {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) observer: Option<Observer>,
    /// Made for the first subscriber: its buffer is larger than the cache.
    subscribers: OnceLock<Sender<Event>>,
}

impl Audience {
    pub(crate) fn subscribe(&self) -> Subscription {
        let subscribers = self.subscribers.get_or_init(|| Sender::new(Subscription::CAPACITY));
        Subscription::new(subscribers.subscribe())
    }

    pub(crate) fn tell(&self, at: Timestamp, happening: Happening) {
        let event = Event { at, cache: self.name.clone(), happening };
        log(&event);
        if let Some(subscribers) = self.subscribers.get() {
            // Nobody listening is no error.
            let _listening = subscribers.send(event.clone());
        }
        if let Some(observer) = &self.observer {
            observer.tell(event);
        }
    }
}
