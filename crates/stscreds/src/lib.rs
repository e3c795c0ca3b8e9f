//! stscreds.
