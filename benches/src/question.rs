//! What is asked of every contender beside the cost of a hit.
//!
//! Each question builds its own cache, asks, and answers with plain numbers; criterion
//! benches and the report ask the same functions.

mod herd;
mod outage;
mod reads;
mod spread;

pub use herd::{HerdAnswer, failing_source, herd, load_grid};
pub use outage::{OutageAnswer, long_outage, short_outage};
pub use reads::{RefreshAnswer, during_refresh, one_refresh, storm};
pub use spread::{Latencies, Spread, median};
