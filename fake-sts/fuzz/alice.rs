//! A request that alice signed, whatever its parameters, and the fake that takes her signature.

use std::time::{Duration, SystemTime};

use fake_sts::{FakeSts, FakeStsBuilder};
use http::Request;

/// 2026-01-01T00:00:00Z, the time of the signature.
const NOW: Duration = Duration::from_secs(1_767_225_600);

/// Over a request that leaves its body unsigned.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIARTX3GSDSQALICE22/20260101/us-east-1/sts/aws4_request, \
    SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=a034032082122d83b89c275d5ca49626d9c1ea30ffdbc57eedd4a720369dc7de";

/// Each input gets a fake of its own: MFA codes that are spent and calls that are journalled must not make a finding depend on those before it.
pub fn fake() -> FakeStsBuilder {
    FakeSts::builder().session_key([7; 32]).clock_frozen_at(SystemTime::UNIX_EPOCH + NOW)
}

pub fn request() -> http::request::Builder {
    Request::post("/")
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-amz-date", "20260101T000000Z")
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .header("authorization", AUTHORIZATION)
}
