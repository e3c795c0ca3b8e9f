//! Who may send a request next: a pure state machine, without time, chance or tasks of its own.
//!
//! Requests that callers wait for and those that nobody waits for have a round of tenants each: a
//! caller is not behind a hundred thousand tenants that are only warmed up. In each round tenants
//! take turns, and within a tenant the one who needs it most is first. A turn takes a token, and a
//! slot until it is returned.
//!
//! A tenth of the turns goes to work that nobody waits for. Such a turn replaces one of a tenant
//! whose line is at least as long as the average: so the k-th request of a quiet tenant beside a
//! flooding one still begins as the 2k-th.

mod bucket;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
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
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::Mandatory, Self::Advisory, Self::Warm];

    fn lane(self) -> usize {
        match self {
            Self::Waiting | Self::Mandatory => ATTENDED,
            Self::Advisory | Self::Warm => UNATTENDED,
        }
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
    /// By lane: the tenants with somebody in line who may begin, the next one first.
    rounds: [VecDeque<Tenant>; 2],
    /// How many requests that callers wait for are queued.
    attended: usize,
    /// How many turns the other lane has let pass.
    passed: usize,
    queued: BTreeMap<Ticket, Queued>,
    next: u64,
}

/// The lane of what callers wait for.
const ATTENDED: usize = 0;
const UNATTENDED: usize = 1;

#[derive(Debug)]
struct Queued {
    tenant: Tenant,
    rank: Rank,
    since: Duration,
}

/// What is queued and in flight for one tenant.
#[derive(Debug, Default)]
struct Line {
    /// By lane, the most urgent first, and then the oldest.
    waiting: [BTreeSet<(Rank, Ticket)>; 2],
    is_in_round: [bool; 2],
    in_flight: usize,
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
            rounds: Default::default(),
            attended: 0,
            passed: 0,
            queued: BTreeMap::new(),
            next: 0,
        }
    }

    /// Queues a request, unless a caller would wait for too long.
    ///
    /// What nobody waits for is queued for as long as it takes.
    pub(crate) fn enter(
        &mut self,
        now: Duration,
        tenant: Tenant,
        rank: Rank,
    ) -> Result<Ticket, Full> {
        if rank.lane() == ATTENDED {
            let rate = self.bucket.rate(now);
            let wait = self.estimate(tenant, rate);
            if wait > self.longest_wait {
                return Err(Full { wait, queued: self.queued.len(), rate });
            }
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.insert(ticket, Queued { tenant, rank, since: now });
        Ok(ticket)
    }

    /// Someone else wants it too, and more urgently: it moves up in place.
    pub(crate) fn raise(&mut self, ticket: Ticket, rank: Rank) {
        if self.queued.get(&ticket).is_some_and(|queued| rank < queued.rank)
            && let Some(queued) = self.take_out(ticket)
        {
            // By age: it has waited longer than those who came with that rank.
            self.insert(ticket, Queued { rank, ..queued });
        }
    }

    /// Nobody wants it any more.
    pub(crate) fn leave(&mut self, ticket: Ticket) {
        if let Some(queued) = self.take_out(ticket) {
            self.list(queued.tenant);
        }
    }

    /// The next request that may be sent now, if there is one.
    pub(crate) fn grant(&mut self, now: Duration) -> Option<(Ticket, Tenant)> {
        if self.in_flight >= self.slots || !self.is_anybody_ready() || !self.bucket.take(now) {
            return None;
        }
        let lane = self.whose_turn();
        let tenant = self.rounds[lane].pop_front()?;
        let line = self.tenants.get_mut(&tenant)?;
        line.is_in_round[lane] = false;
        let ticket = line.first(lane)?;
        line.in_flight += 1;
        self.in_flight += 1;
        self.take_out(ticket)?;
        // To the end of the round, if it has more.
        self.list(tenant);
        Some((ticket, tenant))
    }

    /// A request has ended.
    pub(crate) fn done(&mut self, tenant: Tenant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(line) = self.tenants.get_mut(&tenant) {
            line.in_flight = line.in_flight.saturating_sub(1);
        }
        self.list(tenant);
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

    /// How long a new caller of this tenant would wait: until all callers before it in its own
    /// line have had their turn, with the other tenants' turns between, and never longer than
    /// until all callers in the queue have.
    fn estimate(&self, tenant: Tenant, rate: f64) -> Duration {
        let own = self.tenants.get(&tenant).map_or(0, Line::attended);
        let others = self.rounds[ATTENDED].len().saturating_sub(usize::from(own > 0));
        let ahead = (own + 1).saturating_mul(others + 1).min(self.attended + 1) - 1;
        let share = match self.rounds[UNATTENDED].is_empty() {
            true => 1.0,
            false => 1.0 - 1.0 / ONE_IN as f64,
        };
        Duration::try_from_secs_f64(ahead as f64 / (rate * share)).unwrap_or(Duration::MAX)
    }

    fn is_anybody_ready(&self) -> bool {
        self.rounds.iter().any(|round| !round.is_empty())
    }

    /// Which lane has the next turn; there is somebody in one of them.
    fn whose_turn(&mut self) -> usize {
        let Some(next) = self.rounds[ATTENDED].front() else { return UNATTENDED };
        if self.rounds[UNATTENDED].is_empty() {
            return ATTENDED;
        }
        self.passed += 1;
        let its_line = self.tenants.get(next).map_or(0, Line::attended);
        let is_long = its_line * self.rounds[ATTENDED].len() >= self.attended;
        if self.passed >= 2 * ONE_IN || (self.passed >= ONE_IN && is_long) {
            self.passed -= ONE_IN;
            // It counts as a turn of that tenant.
            self.rounds[ATTENDED].rotate_left(1);
            return UNATTENDED;
        }
        ATTENDED
    }

    fn insert(&mut self, ticket: Ticket, queued: Queued) {
        let Queued { tenant, rank, .. } = queued;
        self.tenants.entry(tenant).or_default().waiting[rank.lane()].insert((rank, ticket));
        self.attended += usize::from(rank.lane() == ATTENDED);
        self.queued.insert(ticket, queued);
        self.list(tenant);
    }

    fn take_out(&mut self, ticket: Ticket) -> Option<Queued> {
        let queued = self.queued.remove(&ticket)?;
        let lane = queued.rank.lane();
        self.attended -= usize::from(lane == ATTENDED);
        self.tenants.get_mut(&queued.tenant)?.waiting[lane].remove(&(queued.rank, ticket));
        Some(queued)
    }

    /// Puts the tenant at the end of the rounds in which somebody of it may begin, and out of
    /// the others: of both while it holds its share of the slots.
    fn list(&mut self, tenant: Tenant) {
        let Some(line) = self.tenants.get_mut(&tenant) else { return };
        let may_begin = line.in_flight < self.slots_of_tenant;
        for lane in [ATTENDED, UNATTENDED] {
            let is_ready = may_begin && line.first(lane).is_some();
            let round = &mut self.rounds[lane];
            match (is_ready, line.is_in_round[lane]) {
                (true, false) => round.push_back(tenant),
                (false, true) => round.retain(|other| *other != tenant),
                _ => {}
            }
            line.is_in_round[lane] = is_ready;
        }
        if line.is_idle() {
            self.tenants.remove(&tenant);
        }
    }
}

impl Line {
    fn first(&self, lane: usize) -> Option<Ticket> {
        self.waiting[lane].first().map(|(_, ticket)| *ticket)
    }

    /// How many callers' requests are in it.
    fn attended(&self) -> usize {
        self.waiting[ATTENDED].len()
    }

    fn is_idle(&self) -> bool {
        self.in_flight == 0 && self.waiting.iter().all(BTreeSet::is_empty)
    }
}

/// Work that nobody waits for gets at least one turn in so many.
const ONE_IN: usize = 10;

#[cfg(test)]
mod tests;
