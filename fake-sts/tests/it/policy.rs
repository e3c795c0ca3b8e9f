//! Policies: what is parsed, what is decided, and how it is explained.

mod conditions;
mod decisions;
mod explanation;
mod grammar;
mod principals;
mod properties;
mod scope_downs;
mod session_policies;

use fake_sts::policy::{Context, NamedPolicy, PolicyDocument, Principal, Request};
use serde_json::{Value, json};

fn document(value: &Value) -> PolicyDocument {
    PolicyDocument::try_from(value).unwrap()
}

fn statements(statements: Value) -> PolicyDocument {
    document(&json!({"Version": "2012-10-17", "Statement": statements}))
}

fn named(name: &str, value: Value) -> NamedPolicy {
    NamedPolicy::new(name, statements(value))
}

fn alice() -> Principal {
    Principal::user("arn:aws:iam::111122223333:user/team/alice", "AIDA3TM7R3RLBCMLQ2A7J")
}

fn session() -> Principal {
    Principal::assumed_role(
        "arn:aws:iam::111122223333:role/ci/deploy",
        "AROA3TM7R3RLBCMLQ2A7J",
        "run-7",
    )
}

/// `sts:AssumeRole` on the role of these tests, without any condition key.
fn request(principal: &Principal) -> Request<'_> {
    static NOTHING: std::sync::LazyLock<Context> = std::sync::LazyLock::new(Context::new);
    Request { principal, action: "sts:AssumeRole", resource: ROLE, context: &NOTHING }
}

const ROLE: &str = "arn:aws:iam::111122223333:role/target";
