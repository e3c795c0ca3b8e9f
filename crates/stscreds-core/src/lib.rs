//! stscreds-core.
