//! Whatever comes in, an answer goes out, and it is never our own failure.

use std::sync::OnceLock;

use axum::body::Body;
use fake_sts::FakeSts;
use fake_sts::action::Operation;
use http::Request;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::client::{ALICE, ALICE_MFA, call, keys};

/// Names that some operation reads, and shapes of lists.
const NAMES: [&str; 32] = [
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "ExternalId",
    "SerialNumber",
    "TokenCode",
    "SourceIdentity",
    "Policy",
    "PolicyArns.member.1.arn",
    "PolicyArns.member.99999999999.arn",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.0.Key",
    "Tags.member..Key",
    "Tags",
    "TransitiveTagKeys.member.1",
    "ProvidedContexts.member.1.ProviderArn",
    "ProvidedContexts.member.1.ContextAssertion",
    "MinimumSessionTokenSize",
    "WebIdentityToken",
    "ProviderId",
    "PrincipalArn",
    "SAMLAssertion",
    "TargetPrincipal",
    "TaskPolicyArn.arn",
    "EncodedMessage",
    "AccessKeyId",
    "TradeInToken",
    "Name",
    "Audience.member.1",
    "SigningAlgorithm",
    "Action",
];

/// Values that are right somewhere, so that calls get further than the first check.
const VALUES: [&str; 16] = [
    "arn:aws:iam::111122223333:role/plain",
    "arn:aws:iam::111122223333:role/web",
    "arn:aws:iam::111122223333:saml-provider/Idp",
    "run",
    "900",
    "-1",
    "2147483647",
    ALICE_MFA,
    "000000",
    r#"{"Version":"2012-10-17","Statement":[]}"#,
    r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"${x, '}"}}"#,
    "e30.e30.e30",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL29pZGMuZmFrZS1zdHMudGVzdCJ9.AAAA",
    "PHNhbWxwOlJlc3BvbnNlLz4=",
    "ES384",
    "",
];

fn sts() -> &'static (FakeSts, Runtime) {
    static STS: OnceLock<(FakeSts, Runtime)> = OnceLock::new();
    STS.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        (FakeSts::builder().without_socket().unwrap(), runtime)
    })
}

fn status(request: Request<Body>) -> u16 {
    let (sts, runtime) = sts();
    runtime.block_on(sts.router().oneshot(request)).unwrap().status().as_u16()
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(VALUES.as_slice()).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,40}"]
}

proptest! {
    #[test]
    fn every_operation_answers_whatever_its_parameters(
        operation in select(Operation::ALL.as_slice()),
        parameters in vec((select(NAMES.as_slice()), value()), 0..12),
    ) {
        let parameters = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        let (sts, _) = sts();

        let request = call(operation.as_str(), &parameters).signed(sts, &keys(ALICE)).map(Body::new);

        let status = status(request);
        prop_assert!((200..500).contains(&status), "{status}");
    }

    #[test]
    fn every_request_is_answered_whatever_its_bytes(
        method in select(vec!["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"]),
        target in "/[!-~&&[^#\"<>\\\\^`{|}]]{0,60}",
        headers in vec((select(vec!["authorization", "content-type", "accept", "host", "x-amz-date", "x-amz-security-token"]), "[ -~]{0,60}"), 0..5),
        form in any::<bool>(),
        body in option::of(vec(any::<u8>(), 0..300)),
    ) {
        prop_assume!(!target.starts_with("/_fake-sts"));
        let mut request = Request::builder().method(method).uri(&target);
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        if form {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }

        let status = status(request.body(Body::from(body.unwrap_or_default())).unwrap());
        prop_assert!((200..500).contains(&status), "{status}");
    }
}
