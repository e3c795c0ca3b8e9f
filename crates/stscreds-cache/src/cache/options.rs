use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, OnceLock};

use stscreds_core::Clock;

use crate::chance::Chance;
use crate::decide::policy::RefreshPolicy;
use crate::observe::audience::Audience;
use crate::run::hooks::Hooks;
use crate::run::shared::Shared;
use crate::run::upkeep::Upkeep;
use crate::skew::{ClockSkew, ServerClock};

/// How values are kept, whatever their source: what a builder collects.
pub(crate) struct Options<V> {
    pub(crate) policy: Arc<RefreshPolicy>,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) stripes: Option<usize>,
    pub(crate) hooks: Option<Box<Hooks<V>>>,
    pub(crate) skew: Option<ClockSkew>,
    pub(crate) audience: Audience,
    pub(crate) upkeep: Upkeep,
}

impl<V> Default for Options<V> {
    fn default() -> Self {
        Self {
            policy: Arc::clone(&DEFAULT_POLICY),
            clock: Clock::coarse(),
            chance: Chance::default(),
            stripes: None,
            hooks: None,
            skew: None,
            audience: Audience::default(),
            upkeep: Upkeep::default(),
        }
    }
}

impl<V> Options<V> {
    /// The part that any number of values kept so share.
    pub(crate) fn shared(self) -> Arc<Shared<V>> {
        let (clock, local) = match self.skew {
            None => (self.clock, None),
            Some(skew) => {
                let server = ServerClock::new(self.clock.clone(), skew);
                (Clock::custom(server), Some(self.clock))
            }
        };
        Arc::new(Shared {
            clock,
            local,
            policy: self.policy,
            chance: self.chance,
            hooks: self.hooks,
            audience: self.audience,
            upkeep: self.upkeep,
            stripes: self.stripes.unwrap_or_else(stripes_of_this_machine),
        })
    }
}

/// One for all caches that are given none.
static DEFAULT_POLICY: LazyLock<Arc<RefreshPolicy>> = LazyLock::new(Arc::default);

/// More than the cores, as two threads of different cores may be given the same stripe;
/// a power of two, so that threads spread evenly. One core contends with nobody.
fn stripes_of_this_machine() -> usize {
    static STRIPES: OnceLock<usize> = OnceLock::new();
    *STRIPES.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        match cores {
            1 => 1,
            _ => cores.next_power_of_two().clamp(16, 64),
        }
    })
}
