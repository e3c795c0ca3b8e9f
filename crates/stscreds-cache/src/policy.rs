//! The parts of a [`RefreshPolicy`](crate::RefreshPolicy), and what follows from one.
//!
//! ```
//! use std::time::Duration;
//! use stscreds_cache::RefreshPolicy;
//! use stscreds_cache::policy::{RejectedValue, Window};
//!
//! let mut policy = RefreshPolicy::aws_sdk();
//! policy.advisory = Window::Fixed(Duration::from_secs(600));
//! policy.rejected = RejectedValue::AsExpired;
//! ```

pub use crate::decide::deadlines::Deadlines;
pub use crate::decide::phase::Phase;
pub use crate::decide::policy::{
    Arrival, Backoff, Clamp, Jitter, RejectedValue, Replacement, ScaledBackoff, Spread, Starter,
    Window, WindowTable, Withhold,
};
