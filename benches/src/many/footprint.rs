use std::fs;

use serde::{Deserialize, Serialize};

use super::Crowd;
use crate::upstream::Refused;

/// How much memory a crowd took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Footprint {
    /// How many.
    pub count: usize,
    /// Resident bytes per one, values included.
    pub bytes_each: f64,
}

/// Fills a crowd and says by how much this process has grown.
///
/// Meaningful once per process: freed memory is used again.
///
/// # Errors
///
/// [`Refused`] if the crowd could not be filled, or where the system does not tell.
pub fn measure_here(crowd: &Crowd, count: usize) -> Result<Footprint, Refused> {
    let before = resident_bytes().ok_or(Refused)?;
    let filled = crowd.fill(count)?;
    let after = resident_bytes().ok_or(Refused)?;
    drop(filled);
    let grown = after.saturating_sub(before);
    Ok(Footprint { count, bytes_each: grown as f64 / count.max(1) as f64 })
}

/// What this process has in memory, from Linux's `/proc`; `None` elsewhere.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}
