//! stscreds-cache.
