use std::fs;
use std::time::Duration;

use soak::{Rule, Violation};

/// Whether the memory of this process grows from run to run.
///
/// Each run drops all that it made. What an allocator keeps back settles within the first
/// runs; after those, growth is something that was not let go of.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    runs: u32,
    settled: Option<u64>,
}

impl Growth {
    /// After a run: an objection, if there is one. Nothing where the system does not tell.
    pub(crate) fn violation(&mut self) -> Option<Violation> {
        let kib = resident_kib()?;
        self.observe(kib)
            .map(|what| Violation::new(Rule::Memory, "this process", Duration::ZERO, what))
    }

    /// Why nothing can be said of growth, if nothing can.
    pub(crate) fn unjudged(&self) -> Option<String> {
        let judged = self.runs > SETTLING_RUNS;
        (!judged)
            .then(|| format!("memory was not judged, which takes more than {SETTLING_RUNS} runs"))
    }

    fn observe(&mut self, kib: u64) -> Option<String> {
        self.runs += 1;
        let settled = match self.settled {
            _ if self.runs < SETTLING_RUNS => return None,
            None => *self.settled.insert(kib),
            Some(settled) => settled,
        };
        (kib > settled + ROOM_KIB)
            .then(|| format!("{kib} KiB after {} runs, {settled} KiB before", self.runs))
    }
}

/// As shown by the kernel; resident pages.
pub(crate) fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// In which an allocator finds its size.
const SETTLING_RUNS: u32 = 20;

/// More than an allocator's fragments vary by, and less than a leak of one session per
/// refresh makes in an hour.
const ROOM_KIB: u64 = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_after_the_first_runs_is_objected_to_and_before_is_not() {
        let mut growth = Growth::default();

        assert!(growth.unjudged().is_some());
        for run in 0..19 {
            assert_eq!(growth.observe(run * 100_000), None);
        }
        assert_eq!(growth.observe(50_000), None);
        assert_eq!(growth.observe(50_000 + ROOM_KIB), None);
        let objection = growth.observe(50_001 + ROOM_KIB).unwrap();
        assert_eq!(growth.unjudged(), None);
        assert_eq!(objection, "66385 KiB after 22 runs, 50000 KiB before");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_tells_how_much_memory_there_is() {
        assert!(resident_kib().unwrap() > 100);
    }
}
