//! What was called: every request, who made it, what was decided and why.

mod call;
mod cloudtrail;
mod expectation;
mod filter;
mod impossible;
mod outcome;
mod secrets;
mod times;
mod trace;
mod unmet;
mod wait;
mod watch;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub use self::call::Call;
pub(crate) use self::call::{Behind, Ended, TlsDetails, cut};
pub(crate) use self::cloudtrail::records;
pub use self::expectation::Expectation;
pub use self::filter::{Filter, Mismatch};
pub use self::impossible::ImpossibleFilter;
pub use self::outcome::{CallOutcome, OutcomeKind};
pub use self::secrets::Secrets;
pub use self::times::{EmptyRange, Times};
pub use self::unmet::Unmet;
pub use self::wait::WaitError;
use self::watch::Watch;

/// The calls that a server has seen, the latest ones.
///
/// Bounded by the number of calls, and to 64 MiB for all of them: of more than it has room for, the oldest are dropped and counted.
#[derive(Debug)]
pub struct Journal {
    capacity: usize,
    secrets: Secrets,
    /// By which clients reach the fake, for messages; nothing without a socket.
    endpoint: OnceLock<Arc<str>>,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    calls: VecDeque<Arc<Call>>,
    /// About how much memory the calls take up, in bytes.
    weight: usize,
    total: u64,
    /// Who wants to know of each call. Recording one costs nothing more as long as nobody does.
    watches: Vec<Arc<Watch>>,
}

impl Entries {
    /// Adds a call, and returns the oldest ones if there is no room for all.
    fn keep(&mut self, call: Arc<Call>, capacity: usize) -> Vec<Arc<Call>> {
        self.weight += call.weight();
        self.calls.push_back(call);
        let mut dropped = Vec::new();
        while self.calls.len() > capacity || self.weight > WEIGHT_LIMIT {
            let Some(oldest) = self.calls.pop_front() else { break };
            self.weight -= oldest.weight();
            dropped.push(oldest);
        }
        dropped
    }
}

/// Enough for a day of a test suite. Calls as clients make them take up some ten megabytes.
pub(crate) const DEFAULT_CAPACITY: usize = 4096;

/// A call has up to 200 parameters of a kilobyte, of clients that nobody knows.
const WEIGHT_LIMIT: usize = 64 * 1024 * 1024;

impl Journal {
    pub(crate) fn new(capacity: usize, secrets: Secrets) -> Self {
        Self { capacity, secrets, endpoint: OnceLock::new(), entries: Mutex::default() }
    }

    /// The calls, the oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.snapshot().iter().map(|call| Call::clone(call)).collect()
    }

    /// The calls that match a filter, the oldest first.
    ///
    /// # Errors
    ///
    /// When no call can ever match.
    pub fn calls_where(&self, filter: Filter) -> Result<Vec<Call>, ImpossibleFilter> {
        Ok(self.matching(filter)?.iter().map(|call| Call::clone(call)).collect())
    }

    /// The only call.
    ///
    /// # Panics
    ///
    /// When there is no call or more than one; the message shows the calls that there are.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "documented; what every test would do with an error")]
    pub fn only(&self) -> Call {
        match self.snapshot().as_slice() {
            [call] => Call::clone(call),
            calls => panic!("expected exactly one call{}", listed(calls)),
        }
    }

    /// The latest call.
    ///
    /// # Panics
    ///
    /// When there is no call.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "documented; what every test would do with an error")]
    pub fn last(&self) -> Call {
        match self.snapshot().last() {
            Some(call) => Call::clone(call),
            None => panic!("expected a call{}", listed(&[])),
        }
    }

    /// The calls as CloudTrail would log them, in its form: `{"Records": [..]}`.
    ///
    /// Calls that CloudTrail does not log are not in it: those whose caller was not verified, and those that reached no operation. Where a fault lost
    /// the answer of a call that STS carried out, the record has what STS answered. A role assumed
    /// from another account makes two records, one for each account, with one `sharedEventID`. Secrets, tokens and MFA codes are left out,
    /// whatever [`Secrets`] says. See
    /// [record contents](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html) and
    /// [examples of STS](https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html).
    #[must_use]
    pub fn cloudtrail(&self) -> serde_json::Value {
        records(self.snapshot().iter().map(|call| &**call))
    }

    /// How many calls there were in all since the start, or since the journal was cleared.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.lock().total
    }

    /// How many calls are not in the journal any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        let entries = self.lock();
        entries.total - u64::try_from(entries.calls.len()).unwrap_or(entries.total)
    }

    /// Forgets all calls, and starts to number them anew. Expectations and who waits for calls keep what they have counted.
    pub fn clear(&self) {
        let mut entries = self.lock();
        entries.total = 0;
        entries.weight = 0;
        let calls = std::mem::take(&mut entries.calls);
        drop(entries);
        drop(calls);
    }

    pub(crate) fn secrets(&self) -> Secrets {
        self.secrets
    }

    pub(crate) fn reached_by(&self, endpoint: &str) {
        self.endpoint.get_or_init(|| endpoint.into());
    }

    pub(crate) fn record(&self, mut call: Call) {
        let mut entries = self.lock();
        entries.total += 1;
        call.sequence = entries.total;
        let is_told = trace::is_heard();
        if self.capacity == 0 && entries.watches.is_empty() && !is_told {
            return;
        }
        let call = Arc::new(call);
        for watch in &entries.watches {
            watch.see(&call);
        }
        let told = is_told.then(|| Arc::clone(&call));
        let dropped = entries.keep(call, self.capacity);
        drop(entries);
        // Only now that the lock is free: taking a call apart takes a while, and who hears of one may look into the journal.
        drop(dropped);
        if let Some(call) = told {
            trace::tell(&call);
        }
    }

    /// The matching calls, shared.
    pub(crate) fn matching(&self, filter: Filter) -> Result<Vec<Arc<Call>>, ImpossibleFilter> {
        let filter = self.check(filter)?;
        Ok(self.snapshot().into_iter().filter(|call| filter.matches(call)).collect())
    }

    fn check(&self, filter: Filter) -> Result<Filter, ImpossibleFilter> {
        filter.check(self.secrets)?;
        Ok(filter)
    }

    fn snapshot(&self) -> Vec<Arc<Call>> {
        self.lock().calls.iter().cloned().collect()
    }

    fn endpoint(&self) -> Option<Arc<str>> {
        self.endpoint.get().cloned()
    }

    /// From here on, a watch sees each call.
    fn begin(&self, watch: &Arc<Watch>) {
        self.lock().watches.push(Arc::clone(watch));
    }

    /// The same, and those that are in the journal.
    fn begin_with_past(&self, watch: &Arc<Watch>) {
        let mut entries = self.lock();
        entries.calls.iter().for_each(|call| watch.see(call));
        entries.watches.push(Arc::clone(watch));
    }

    fn end(&self, watch: &Arc<Watch>) {
        self.lock().watches.retain(|other| !Arc::ptr_eq(other, watch));
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calls for a message, a line each, without the secrets that messages quote.
fn listed(calls: &[Arc<Call>]) -> String {
    const SHOWN: usize = 20;
    let lines = calls.iter().take(SHOWN).map(|call| format!("\n  {}", call.discreet()));
    let more = calls.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    format!(", found {}:{}{rest}", calls.len(), lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_calls_are_dropped_and_counted() {
        let journal = Journal::new(2, Secrets::Redacted);
        for _ in 0..5 {
            journal.record(Call::default());
        }

        let sequences = journal.calls().iter().map(|call| call.sequence).collect::<Vec<_>>();
        assert_eq!((sequences, journal.total(), journal.dropped()), (vec![4, 5], 5, 3));
    }

    /// A call has as many and as long parameters as its client likes.
    #[test]
    fn large_calls_are_dropped_sooner() {
        let journal = Journal::new(DEFAULT_CAPACITY, Secrets::Redacted);
        let large = || Call {
            parameters: (0..200).map(|at| (format!("{at:0512}"), "x".repeat(512))).collect(),
            ..Call::default()
        };
        for _ in 0..1000 {
            journal.record(large());
        }

        let kept = journal.calls().len();
        assert!(kept * large().weight() <= WEIGHT_LIMIT, "{kept} of {} bytes", large().weight());
        assert_eq!(kept, WEIGHT_LIMIT / large().weight());
        assert_eq!(journal.dropped(), 1000 - u64::try_from(kept).unwrap());
        journal.clear();
        journal.record(Call::default());
        assert_eq!((journal.calls().len(), journal.dropped()), (1, 0));
    }

    #[test]
    fn clearing_starts_anew() {
        let journal = Journal::new(2, Secrets::Redacted);
        journal.record(Call::default());

        journal.clear();

        assert_eq!((journal.calls().len(), journal.total(), journal.dropped()), (0, 0, 0));
    }

    #[test]
    fn a_journal_without_room_still_counts() {
        let journal = Journal::new(0, Secrets::Redacted);

        journal.record(Call::default());

        assert_eq!((journal.calls().len(), journal.dropped()), (0, 1));
    }
}
