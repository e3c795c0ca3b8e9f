//! stscreds-provider.
