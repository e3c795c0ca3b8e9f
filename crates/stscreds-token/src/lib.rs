//! stscreds-token.
