//! Two accounts, which the tests of the providers assume roles in: alice's, and one with
//! a role for each condition that a trust policy can have.

use std::time::Duration;

use fake_sts::world::{Account, MfaDevice, OidcProvider, Role, SamlProvider, User};
use serde_json::{Value, json};

pub const KEY_ID: &str = "AKIARTXAEYWUQ3ALICE2";
pub const SECRET: &str = "planted/secret/of/alice/0000000000000000";
/// Of bob, who may call nothing.
pub const BOBS_KEY_ID: &str = "AKIARTXAEYWUQ3BOB234";
pub const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

/// Trusts alice's account without conditions.
pub const PLAIN: &str = "arn:aws:iam::444455556666:role/plain";
/// Wants the external id `partner-7`.
pub const PARTNER: &str = "arn:aws:iam::444455556666:role/partner";
/// Wants MFA.
pub const GUARDED: &str = "arn:aws:iam::444455556666:role/guarded";
/// Wants a token of the built-in issuer.
pub const WEB: &str = "arn:aws:iam::444455556666:role/web";
/// Wants an assertion of the built-in SAML identity provider.
pub const SAML: &str = "arn:aws:iam::444455556666:role/saml";
pub const SAML_PROVIDER: &str = "arn:aws:iam::444455556666:saml-provider/Idp";
/// Trusts `PLAIN`.
pub const NEXT: &str = "arn:aws:iam::444455556666:role/next";

/// May do everything with S3 and STS, also narrow itself.
pub const WORKER: &str = "arn:aws:iam::444455556666:role/worker";

pub fn company() -> Account {
    let may_call_sts = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:*", "Resource": "*"},
    ]});
    let alice = User::new("alice")
        .access_key(KEY_ID, SECRET)
        .mfa_device(MfaDevice::virtual_device("alice"))
        .policy("may-call-sts", may_call_sts);
    let bob = User::new("bob").access_key(BOBS_KEY_ID, SECRET);
    Account::new("111122223333").user(alice).user(bob)
}

pub fn production() -> Account {
    let company = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    let external_id = json!({"StringEquals": {"sts:ExternalId": "partner-7"}});
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let issuer = json!({"Federated": "arn:aws:iam::444455556666:oidc-provider/oidc.fake-sts.test"});
    let subject = json!({"StringLike": {"oidc.fake-sts.test:sub": "repo:octo/*"}});
    let may_assume_next = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": NEXT},
    ]});
    let read_only = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    ]});
    let may_work = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"},
    ]});
    Account::new("444455556666")
        .role(
            Role::new("worker")
                .trust_policy(trust(company(), "sts:AssumeRole", json!({})))
                .policy("may-work", may_work),
        )
        .managed_policy("read-only", read_only)
        .role(
            Role::new("plain")
                .trust_policy(trust(company(), "sts:AssumeRole", json!({})))
                .max_session_duration(Duration::from_secs(7200))
                .policy("may-assume-next", may_assume_next),
        )
        .role(Role::new("partner").trust_policy(trust(company(), "sts:AssumeRole", external_id)))
        .role(Role::new("guarded").trust_policy(trust(company(), "sts:AssumeRole", mfa)))
        .role(Role::new("web").trust_policy(trust(
            issuer,
            "sts:AssumeRoleWithWebIdentity",
            subject,
        )))
        .role(Role::new("saml").trust_policy(trust(
            json!({"Federated": SAML_PROVIDER}),
            "sts:AssumeRoleWithSAML",
            json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
        )))
        .role(
            Role::new("next")
                .trust_policy(trust(json!({"AWS": PLAIN}), "sts:AssumeRole", json!({})))
                .max_session_duration(Duration::from_secs(7200)),
        )
        .saml_provider(SamlProvider::built_in("Idp"))
        .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"))
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table above")]
fn trust(principal: Value, action: &str, condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": principal,
        "Action": [action, "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition,
    }]})
}
