//! What is AWS elsewhere: a fake STS in this process, and clients pointed at it.
//! Elsewhere that is `StsHttpClient::from_env(keys)`.

#![allow(dead_code, unreachable_pub, reason = "each example is a program and uses a part of it")]

use fake_sts::FakeSts;
use stscreds_core::{Credentials, Error};
use stscreds_http::{EndpointSettings, StsEndpoint};

pub type Outcome = Result<(), Box<dyn std::error::Error>>;

pub const PLAIN: &str = "arn:aws:iam::111122223333:role/plain";

/// The keys of alice in the fake's default world.
pub fn keys() -> Credentials {
    Credentials::new("AKIARTX3GSDSQALICE22", "fake-sts/secret/of/alice/not/for/real/00")
}

pub fn endpoint(fake: &FakeSts) -> Result<StsEndpoint, Error> {
    EndpointSettings::new("eu-central-1").url(fake.uri()).resolve()
}
