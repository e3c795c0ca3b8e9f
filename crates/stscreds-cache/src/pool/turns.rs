//! Who may send a request next: a pure state machine, without time, chance or tasks of its own.
//!
//! Tenants take turns. Within a tenant the one who needs it most is first, and every tenth turn
//! goes to work that nobody waits for. A turn takes a token, and a slot until it is returned.

mod bucket;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

pub(crate) use self::bucket::Bucket;

/// Who needs a request how much, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rank {
    /// Callers wait, and there is nothing that they could be served.
    Waiting,
    /// The value was rejected or is about to expire.
    Mandatory,
    /// The value is due.
    Advisory,
    /// Nobody has asked yet.
    Warm,
}

impl Rank {
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::Mandatory, Self::Advisory, Self::Warm];

    fn is_attended(self) -> bool {
        matches!(self, Self::Waiting | Self::Mandatory)
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tenant(pub(crate) u64);

/// A place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket(pub(crate) u64);

/// Why there is no place in the queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Full {
    /// How long it would take.
    pub(crate) wait: Duration,
    pub(crate) queued: usize,
    pub(crate) rate: f64,
}

#[derive(Debug)]
pub(crate) struct Turns {
    bucket: Bucket,
    slots: usize,
    slots_of_tenant: usize,
    longest_wait: Duration,
    in_flight: usize,
    tenants: HashMap<Tenant, Line>,
    /// Tenants with somebody in line, the next one first. One whose line has emptied since is
    /// dropped when its turn comes.
    rotation: VecDeque<Tenant>,
    /// How many tenants have somebody in line.
    active: usize,
    queued: BTreeMap<Ticket, Queued>,
    next: u64,
}

#[derive(Debug)]
struct Queued {
    tenant: Tenant,
    rank: Rank,
    since: Duration,
}

/// What is queued and in flight for one tenant.
#[derive(Debug, Default)]
struct Line {
    /// By rank; a ticket whose rank rose, or that left, is skipped where it was.
    waiting: [VecDeque<Ticket>; 4],
    queued: usize,
    in_flight: usize,
    turns: u64,
    is_in_rotation: bool,
}

impl Turns {
    pub(crate) fn new(
        bucket: Bucket,
        slots: usize,
        slots_of_tenant: usize,
        longest_wait: Duration,
    ) -> Self {
        Self {
            bucket,
            slots: slots.max(1),
            slots_of_tenant: slots_of_tenant.max(1),
            longest_wait,
            in_flight: 0,
            tenants: HashMap::new(),
            rotation: VecDeque::new(),
            active: 0,
            queued: BTreeMap::new(),
            next: 0,
        }
    }

    /// Queues a request, unless it would wait for too long.
    ///
    /// A request of rank [`Warm`](Rank::Warm) waits for as long as it takes: nobody waits with it.
    pub(crate) fn enter(
        &mut self,
        now: Duration,
        tenant: Tenant,
        rank: Rank,
    ) -> Result<Ticket, Full> {
        let rate = self.bucket.rate(now);
        let wait = self.estimate(tenant, rate);
        if rank != Rank::Warm && wait > self.longest_wait {
            return Err(Full { wait, queued: self.queued.len(), rate });
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.queued.insert(ticket, Queued { tenant, rank, since: now });
        let line = self.tenants.entry(tenant).or_default();
        if line.queued == 0 {
            self.active += 1;
        }
        if !line.is_in_rotation {
            line.is_in_rotation = true;
            self.rotation.push_back(tenant);
        }
        line.queued += 1;
        line.waiting[rank as usize].push_back(ticket);
        Ok(ticket)
    }

    /// Someone else wants it too, and more urgently: it moves up in place.
    pub(crate) fn raise(&mut self, ticket: Ticket, rank: Rank) {
        let Some(queued) = self.queued.get_mut(&ticket).filter(|queued| rank < queued.rank) else {
            return;
        };
        queued.rank = rank;
        let line = self.tenants.entry(queued.tenant).or_default();
        let queue = &mut line.waiting[rank as usize];
        // By age: it has waited longer than those who came with that rank.
        let at = queue.partition_point(|other| *other < ticket);
        queue.insert(at, ticket);
    }

    /// Nobody wants it any more.
    pub(crate) fn leave(&mut self, ticket: Ticket) {
        if let Some(queued) = self.queued.remove(&ticket) {
            self.left(queued.tenant);
        }
    }

    /// The next request that may be sent now, if there is one.
    pub(crate) fn grant(&mut self, now: Duration) -> Option<(Ticket, Tenant)> {
        if self.in_flight >= self.slots || !self.is_anybody_ready() {
            return None;
        }
        if !self.bucket.take(now) {
            return None;
        }
        // At most once around: somebody is ready.
        for _ in 0..self.rotation.len() {
            let tenant = self.rotation.pop_front()?;
            let Some(line) = self.tenants.get_mut(&tenant) else { continue };
            if line.queued == 0 {
                line.is_in_rotation = false;
                self.forget_idle(tenant);
                continue;
            }
            self.rotation.push_back(tenant);
            if line.in_flight >= self.slots_of_tenant {
                continue;
            }
            let Some(ticket) = line.next(&self.queued) else { continue };
            line.in_flight += 1;
            self.in_flight += 1;
            self.queued.remove(&ticket);
            self.left(tenant);
            return Some((ticket, tenant));
        }
        None
    }

    /// A request has ended.
    pub(crate) fn done(&mut self, tenant: Tenant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(line) = self.tenants.get_mut(&tenant) {
            line.in_flight = line.in_flight.saturating_sub(1);
        }
        self.forget_idle(tenant);
    }

    /// STS throttled a request.
    pub(crate) fn throttled(&mut self, now: Duration) {
        self.bucket.slow_down(now);
    }

    /// How long until a request may begin; nothing if only the end of another one can let it.
    pub(crate) fn next_token(&mut self, now: Duration) -> Option<Duration> {
        let waits_for_token = self.in_flight < self.slots && self.is_anybody_ready();
        waits_for_token.then(|| self.bucket.wait(now))
    }

    pub(crate) fn rate(&mut self, now: Duration) -> f64 {
        self.bucket.rate(now)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(crate) fn queued(&self) -> usize {
        self.queued.len()
    }

    pub(crate) fn queued_by_rank(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        self.queued.values().for_each(|queued| counts[queued.rank as usize] += 1);
        counts
    }

    /// For how long the oldest has waited.
    pub(crate) fn oldest(&self, now: Duration) -> Duration {
        let oldest = self.queued.values().next();
        oldest.map_or(Duration::ZERO, |queued| now.saturating_sub(queued.since))
    }

    /// Every ticket that is queued, oldest first.
    pub(crate) fn tickets(&self) -> Vec<Ticket> {
        self.queued.keys().copied().collect()
    }

    /// How long a new request of this tenant would wait: until all before it in its own line
    /// have had their turn, with the other tenants' turns between, and never longer than until
    /// the whole queue is empty.
    fn estimate(&self, tenant: Tenant, rate: f64) -> Duration {
        let own = self.tenants.get(&tenant).map_or(0, |line| line.queued) + 1;
        let others = self.active - usize::from(own > 1);
        let ahead = own.saturating_mul(others + 1).min(self.queued.len() + 1) - 1;
        Duration::try_from_secs_f64(ahead as f64 / rate).unwrap_or(Duration::MAX)
    }

    fn is_anybody_ready(&self) -> bool {
        let is_ready = |line: &Line| line.queued > 0 && line.in_flight < self.slots_of_tenant;
        self.active > 0
            && self.rotation.iter().any(|tenant| self.tenants.get(tenant).is_some_and(is_ready))
    }

    fn left(&mut self, tenant: Tenant) {
        let Some(line) = self.tenants.get_mut(&tenant) else { return };
        line.queued = line.queued.saturating_sub(1);
        if line.queued == 0 {
            line.waiting.iter_mut().for_each(VecDeque::clear);
            self.active -= 1;
        }
    }

    fn forget_idle(&mut self, tenant: Tenant) {
        let is_idle = |line: &Line| line.queued == 0 && line.in_flight == 0 && !line.is_in_rotation;
        if self.tenants.get(&tenant).is_some_and(is_idle) {
            self.tenants.remove(&tenant);
        }
    }
}

impl Line {
    fn next(&mut self, queued: &BTreeMap<Ticket, Queued>) -> Option<Ticket> {
        self.turns += 1;
        let attended = Rank::ALL.into_iter().filter(|rank| rank.is_attended());
        let unattended = Rank::ALL.into_iter().filter(|rank| !rank.is_attended());
        if self.turns.is_multiple_of(UNATTENDED_EVERY) {
            unattended.chain(attended).find_map(|rank| self.next_of(rank, queued))
        } else {
            attended.chain(unattended).find_map(|rank| self.next_of(rank, queued))
        }
    }

    fn next_of(&mut self, rank: Rank, queued: &BTreeMap<Ticket, Queued>) -> Option<Ticket> {
        loop {
            let ticket = self.waiting[rank as usize].pop_front()?;
            if queued.get(&ticket).is_some_and(|found| found.rank == rank) {
                return Some(ticket);
            }
        }
    }
}

/// Work that nobody waits for gets at least one turn in so many of its tenant's.
const UNATTENDED_EVERY: u64 = 10;

#[cfg(test)]
mod tests;
