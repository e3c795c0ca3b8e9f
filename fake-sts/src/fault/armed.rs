use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::aim::{self, Aim};
use super::bucket::Bucket;
use super::strikes::Attempted;
use super::{Effect, Fault, FaultError, FaultId, Injected, Moment};

/// A fault in effect.
#[derive(Debug)]
pub(super) struct Armed {
    pub(super) id: FaultId,
    pub(super) fault: Fault,
    aim: Aim,
    moment: Moment,
    until: Option<Timestamp>,
    progress: Mutex<Progress>,
    hits: watch::Sender<u64>,
}

#[derive(Debug)]
struct Progress {
    /// How many calls were counted.
    seen: u64,
    /// How many of them it struck, or is about to.
    struck: u64,
    chance: Rng,
    bucket: Option<Bucket>,
}

/// One call that a fault strikes. Dropped before it [lands](Self::land), it has not struck.
#[derive(Debug)]
pub(crate) struct Strike {
    armed: Arc<Armed>,
    delay: Duration,
    landed: bool,
}

impl Armed {
    pub(super) fn new(id: FaultId, fault: Fault, now: Timestamp) -> Result<Self, FaultError> {
        let aim = Aim::of(&fault)?;
        let moment = aim::moment(&fault)?;
        let until = fault.lasting.map(|time| {
            let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
            now.saturating_add(time).unwrap_or(Timestamp::MAX)
        });
        let bucket = match fault.effect {
            Effect::Throttle { per_second, burst } => Some(Bucket::new(per_second, burst, now)),
            _ => None,
        };
        let chance = Rng::with_seed(fault.seed);
        let progress = Mutex::new(Progress { seen: 0, struck: 0, chance, bucket });
        let hits = watch::Sender::new(0);
        Ok(Self { id, fault, aim, moment, until, progress, hits })
    }

    /// Counts a call, if it fits, and decides whether to strike it.
    pub(super) fn consider(
        self: &Arc<Self>,
        call: &Attempted<'_>,
        now: Timestamp,
    ) -> Option<Strike> {
        if self.until.is_some_and(|end| now >= end) || !self.aim.fits(call) {
            return None;
        }
        let mut progress = self.progress();
        progress.seen += 1;
        if !self.aim.chooses(progress.seen) {
            return None;
        }
        if let Some(probability) = self.fault.probability
            && progress.chance.f64() >= probability
        {
            return None;
        }
        if self.fault.times.is_some_and(|times| progress.struck >= times) {
            return None;
        }
        if let Some(bucket) = &mut progress.bucket
            && bucket.take(now)
        {
            return None;
        }
        progress.struck += 1;
        let delay = match self.fault.effect {
            Effect::Delay { by, up_to: Some(most) } => {
                by + (most - by).mul_f64(progress.chance.f64())
            }
            Effect::Delay { by, up_to: None } => by,
            _ => Duration::ZERO,
        };
        drop(progress);
        Some(Strike { armed: Arc::clone(self), delay, landed: false })
    }

    /// How many calls were counted.
    pub(super) fn seen(&self) -> u64 {
        self.progress().seen
    }

    pub(super) fn hits(&self) -> u64 {
        *self.hits.borrow()
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.hits.subscribe()
    }

    /// Whether it may still strike.
    pub(super) fn is_active(&self, now: Timestamp) -> bool {
        let is_spent = self.fault.times.is_some_and(|times| self.progress().struck >= times);
        !is_spent && self.until.is_none_or(|end| now < end)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Strike {
    pub(crate) fn effect(&self) -> &Effect {
        &self.armed.fault.effect
    }

    pub(crate) fn moment(&self) -> Moment {
        self.armed.moment
    }

    /// The delay that was drawn.
    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    pub(crate) fn land(&mut self) -> Injected {
        if !self.landed {
            self.landed = true;
            self.armed.hits.send_modify(|hits| *hits += 1);
        }
        let effect = match self.effect() {
            Effect::Delay { .. } => format!("delayed by {:?}", self.delay),
            effect => effect.to_string(),
        };
        Injected {
            id: self.armed.id,
            name: self.armed.fault.name.clone(),
            effect,
            moment: self.moment(),
        }
    }
}

impl Drop for Strike {
    fn drop(&mut self) {
        if !self.landed {
            self.armed.progress().struck -= 1;
        }
    }
}
