use std::sync::Arc;

use stscreds_core::{Clock, Timestamp};

use crate::chance::Chance;
use crate::decide::policy::RefreshPolicy;
use crate::observe::audience::Audience;
use crate::observe::event::Happening;
use crate::run::engine::Engine;
use crate::run::hooks::Hooks;
use crate::run::item::Item;
use crate::run::upkeep::Upkeep;
use crate::skew::shifted;
use crate::value::{Source, Value};

/// What any number of cached values have in common, once: how they are kept, by which clock,
/// and who is told.
///
/// A cache has one for its one value. Many values that are kept alike share one, so that
/// each of them costs no more than its [`Item`].
///
/// Aligned so that its reference count, which lies before it, is on another cache line than
/// the clock that every hit reads.
#[cfg_attr(target_arch = "aarch64", repr(align(128)))]
#[cfg_attr(not(target_arch = "aarch64"), repr(align(64)))]
pub(crate) struct Shared<V> {
    /// The server's, if there is a skew to go by.
    pub(crate) clock: Clock,
    /// The local clock, if the other one is not.
    pub(crate) local: Option<Clock>,
    pub(crate) policy: Arc<RefreshPolicy>,
    pub(crate) chance: Chance,
    /// Boxed, as few caches have any.
    pub(crate) hooks: Option<Box<Hooks<V>>>,
    pub(crate) audience: Audience,
    pub(crate) upkeep: Upkeep,
    /// How many handles to a value there are at least.
    pub(crate) stripes: usize,
}

impl<V: Value> Shared<V> {
    /// Keeps one more value, which this source yields.
    ///
    /// The source is what makes a value differ from the others: for one of many it is as
    /// small as a key and a pointer to what they have in common.
    pub(crate) fn engine(self: &Arc<Self>, source: Arc<dyn Source<V>>) -> Engine<V> {
        let item = Arc::new(Item::new(self.stripes, Arc::clone(&self.policy), source));
        Engine { shared: Arc::clone(self), item }
    }

    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reports what happened, at the time that the local clock shows.
    pub(crate) fn tell(&self, happening: Happening) {
        let now = self.now();
        match &self.local {
            None => self.audience.tell(now, happening),
            Some(local) => {
                let local = local.now();
                self.audience.tell(local, happening.shown_by(|at| shifted(at, now, local)));
            }
        }
    }
}
