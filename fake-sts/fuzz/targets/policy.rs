//! A policy document: read, checked, asked and written again.

#![no_main]

use std::sync::LazyLock;

use fake_sts::policy::{
    Context, NamedPolicy, PolicyDocument, PolicyKind, Principal, Question, Request, ResourcePolicy,
    authorize,
};
use fake_sts::switches::ScopedSessionArn;
use libfuzzer_sys::fuzz_target;

const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

static CALLERS: LazyLock<[Principal; 4]> = LazyLock::new(|| {
    [
        Principal::user("arn:aws:iam::111122223333:user/alice", "AIDA3TM7R3RLBCMLQ2A7J"),
        Principal::assumed_role(ROLE, "AROA3TM7R3RLBCMLQ2A7J", "run-7"),
        Principal::web_identity("token.actions.githubusercontent.com"),
        Principal::root("aws", "444455556666"),
    ]
});

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let mut context = Context::new()
        .with("aws:username", "alice")
        .with("aws:MultiFactorAuthPresent", "true")
        .with("aws:MultiFactorAuthAge", "59")
        .with("aws:SourceIp", "192.0.2.7")
        .with("aws:CurrentTime", "2026-01-01T00:00:00Z")
        .with("aws:PrincipalTag/team", "blue*")
        .with("sts:ExternalId", "");
    context.set_many("aws:TagKeys", ["team", "cost-center"]);
    context
});

fuzz_target!(|text: &str| {
    let document = match text.parse::<PolicyDocument>() {
        Ok(document) => document,
        Err(error) => return drop(error.to_string()),
    };
    for kind in [PolicyKind::Trust, PolicyKind::Identity, PolicyKind::Session] {
        let _ = document.check(kind).map_err(|error| error.to_string());
    }
    let _ = document.bind_principals(|arn| arn.ends_with("alice").then(|| "AIDA".to_owned()));
    let json = serde_json::to_string(&document).unwrap();
    let again = serde_json::from_str::<PolicyDocument>(&json).unwrap();
    for caller in &*CALLERS {
        assert_eq!(
            decided(&document, caller),
            decided(&again, caller),
            "read again, it decides otherwise"
        );
    }
});

fn decided(document: &PolicyDocument, principal: &Principal) -> (bool, String) {
    let named = [NamedPolicy::new("own", document.clone())];
    let decision = authorize(&Question {
        request: Request { principal, action: "sts:AssumeRole", resource: ROLE, context: &CONTEXT },
        resource_policy: Some(ResourcePolicy { document, account: "111122223333" }),
        identity_policies: &named, permissions_boundary: None,
        session_policies: Some(&named),
        scope_downs: &named,
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
    });
    let _ = serde_json::to_string(&decision).unwrap();
    (decision.is_allowed(), decision.to_string())
}
