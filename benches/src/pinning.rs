//! Which core a thread runs on.

/// Keeps this thread on one core: on the `seat`-th of those it may use, counted around.
///
/// Without effect where that is not possible: the measurement is noisier then.
pub(crate) fn pin_to(seat: usize) {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

        let Ok(allowed) = sched_getaffinity(None) else { return };
        let cores: Vec<_> = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
        if let Some(core) = cores.get(seat % cores.len().max(1)) {
            let mut one = CpuSet::new();
            one.set(*core);
            let _unpinned = sched_setaffinity(None, &one);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = seat;
}
