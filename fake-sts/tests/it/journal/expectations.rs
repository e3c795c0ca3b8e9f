//! Expected calls: what a failure says is compared letter by letter.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fake_sts::FakeSts;
use fake_sts::journal::{Expectation, Filter};

use super::{external, frozen};
use crate::client::{ALICE, ask, call, keys};

const EXTERNAL: &str = "arn:aws:iam::111122223333:role/external";

fn to_external() -> Filter {
    Filter::new().operation("AssumeRole").role(EXTERNAL)
}

async fn assume(sts: &FakeSts, external_id: &str) {
    ask(sts, &keys(ALICE), external(external_id)).await;
}

/// What the test would panic with.
fn panic_of(expectation: Expectation) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(expectation))).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn calls_as_expected_pass() {
    let sts = frozen().await;
    let exactly = sts.expect(to_external()).times(2);
    let at_least = sts.expect(to_external());
    let at_most = sts.expect(Filter::new()).at_most(2);
    let never = sts.expect(Filter::new().refused()).never();

    assume(&sts, "fake-sts-external-id").await;
    assume(&sts, "fake-sts-external-id").await;

    assert_eq!(exactly.came(), 2);
    for met in [exactly, at_least, at_most, never] {
        met.verify().unwrap();
    }
}

#[tokio::test]
async fn only_calls_after_the_expectation_count() {
    let sts = frozen().await;
    assume(&sts, "fake-sts-external-id").await;

    let expected = sts.expect(to_external());

    assert_eq!(expected.verify().unwrap_err().came(), 0);
}

#[tokio::test]
async fn too_many_calls_are_listed() {
    let sts = frozen().await;
    let expected = sts.expect(to_external()).times(1);
    for _ in 0..7 {
        assume(&sts, "fake-sts-external-id").await;
    }

    let line = |n| {
        format!(
            "\n  #{n} 2026-07-13T10:00:00Z AssumeRole {EXTERNAL} by arn:aws:iam::111122223333:user/alice: 200 OK"
        )
    };
    assert_eq!(
        expected.verify().unwrap_err().to_string(),
        format!(
            "7 calls to AssumeRole for role {EXTERNAL} came, 1 expected{}{}{}{}{}\n  and 2 more",
            line(1),
            line(2),
            line(3),
            line(4),
            line(5)
        )
    );
}

#[tokio::test]
async fn calls_that_miss_are_listed_with_what_misses_and_why_they_were_refused() {
    let sts = frozen().await;
    let expected = sts.expect(to_external().answered()).times(1..=2).named("opens the vault");
    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    assume(&sts, "another").await;

    assert_eq!(
        panic_of(expected),
        "the expectation is not met: \"opens the vault\": no call to AssumeRole for role arn:aws:iam::111122223333:role/external that ended with an answer came, 1 to 2 expected\n\
         2 other calls came, the closest first:\n  \
         #2 2026-07-13T10:00:00Z AssumeRole arn:aws:iam::111122223333:role/external by arn:aws:iam::111122223333:user/alice: 403 AccessDenied: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/external\n    \
         outcome: refused, not answered\n    \
         sts:AssumeRole: denied: the trust policy does not allow it\n    \
         resource-based: not allowed: no statement applies; the closest is statement 1 (Allow) of the trust policy\n        \
         condition failed: StringEquals sts:ExternalId wants \"fake-sts-external-id\", the request has \"another\"\n    \
         identity-based: allowed by statement 1 (Allow) of policy \"allow-sts\"\n  \
         #1 2026-07-13T10:00:00Z GetCallerIdentity by arn:aws:iam::111122223333:user/alice: 200 OK\n    \
         operation: GetCallerIdentity, not AssumeRole\n    \
         role: none, not arn:aws:iam::111122223333:role/external"
    );
}

#[tokio::test]
async fn why_a_call_was_allowed_is_told_only_where_it_should_have_been_refused() {
    let sts = frozen().await;
    let another = sts.expect(Filter::new().operation("GetCallerIdentity"));
    let refused = sts.expect(to_external().code("AccessDenied"));
    assume(&sts, "fake-sts-external-id").await;

    let another = another.verify().unwrap_err().to_string();
    let refused = refused.verify().unwrap_err().to_string();

    assert!(
        another.ends_with("200 OK\n    operation: AssumeRole, not GetCallerIdentity"),
        "{another}"
    );
    assert!(
        refused.contains("code: none, not AccessDenied\n    sts:AssumeRole: allowed"),
        "{refused}"
    );
}

#[tokio::test]
async fn where_no_call_came_at_all_the_endpoint_is_asked_for() {
    let sts = frozen().await;
    let silent = FakeSts::builder().without_socket().unwrap();

    assert_eq!(
        panic_of(sts.expect(to_external())),
        format!(
            "the expectation is not met: no call to AssumeRole for role {EXTERNAL} came, at least 1 expected\n\
             no call at all reached the fake; is the client's endpoint {}?",
            sts.uri()
        )
    );
    assert_eq!(
        panic_of(silent.expect(Filter::new()).times(3)),
        "the expectation is not met: no call came, 3 expected\n\
         no call at all reached the fake; it has no socket: is the client made of its sdk_config() or its router()?"
    );
}

#[tokio::test]
async fn calls_that_the_journal_dropped_count() {
    let sts = FakeSts::builder().journal_capacity(1).start().await.unwrap();
    let expected = sts.expect(Filter::new().operation("GetCallerIdentity")).times(3);
    let none = FakeSts::builder().journal_capacity(0).start().await.unwrap();
    let of_none = none.expect(Filter::new()).times(1);

    for _ in 0..3 {
        ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    }
    sts.journal().clear();
    ask(&none, &keys(ALICE), call("GetCallerIdentity", &[])).await;

    expected.verify().unwrap();
    of_none.verify().unwrap();
}

#[tokio::test]
async fn an_expectation_that_no_call_can_meet_is_refused_at_once() {
    let sts = frozen().await;

    let unknown = sts.try_expect(Filter::new().operation("AsumeRole")).unwrap_err();
    let empty = sts.try_expect(to_external()).unwrap().try_times(2..2).unwrap_err();

    assert_eq!(unknown.to_string(), "STS has no operation `AsumeRole`; did you mean AssumeRole?");
    assert!(empty.to_string().contains("1.. for at least one"), "{empty}");
    let refused = catch_unwind(AssertUnwindSafe(|| sts.expect(Filter::new().role("deploy"))));
    let message = refused.unwrap_err().downcast_ref::<String>().unwrap().clone();
    assert!(message.starts_with("`deploy` is no ARN of a role"), "{message}");
}

#[tokio::test]
async fn a_test_that_panics_already_is_not_brought_down_twice() {
    let sts = frozen().await;

    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _expected = sts.expect(to_external());
        panic!("the first failure");
    }));

    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"the first failure"));
}
