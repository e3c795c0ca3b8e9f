//! What the metrics are called.

/// How many refreshes ended, by outcome.
pub const REFRESHES: &str = "stscreds_refreshes_total";

/// How many refreshes failed, by the kind of error.
pub const FAILURES: &str = "stscreds_refresh_failures_total";

/// How long successful refreshes took.
pub const DURATION: &str = "stscreds_refresh_duration_seconds";

/// When the cached value expires; never set for one that does not.
///
/// An instant and not the time left, as Prometheus advises: it need not be set again while
/// time passes. The time left is the difference to `time()`.
pub const EXPIRY: &str = "stscreds_expiry_timestamp_seconds";

/// How often a cache began to serve a value past its expiry.
pub const STALE: &str = "stscreds_stale_served_total";

/// How many cached values were invalidated, by a service that rejected them or by hand.
pub const REJECTIONS: &str = "stscreds_rejections_total";
