/// Where a cached value is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// There is none yet: callers wait.
    Missing,
    /// Callers get it.
    Fresh,
    /// Callers get it, and the first of them begins a refresh.
    Advisory,
    /// Callers wait for a refresh, and get the value if that fails.
    Mandatory,
    /// Callers wait for a refresh.
    Expired,
}
