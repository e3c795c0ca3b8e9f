//! stscreds-aws-sdk.
