use serde_json::{Value, json};

use super::{Account, MfaDevice, OidcProvider, Role, User, World};

/// The account of the default world in which nearly everything is.
const HOME: &str = "111122223333";

/// The other account of the default world.
const PARTNER: &str = "444455556666";

impl World {
    /// The world of a server that is given none.
    ///
    /// | what | details |
    /// |---|---|
    /// | user `alice` of account 111122223333 | access key `AKIARTX3GSDSQALICE22`, secret `fake-sts/secret/of/alice/not/for/real/00`, MFA device `arn:aws:iam::111122223333:mfa/alice` with seed `FAKESTSALICEFAKESTSALICEFAKESTSALICEFAKESTSALICEFAKESTSALICE2345`, may call `sts:*` |
    /// | user `bob` of the same account | access key `AKIARTX3GSDSQBOB2222`, secret `fake-sts/secret/of/bob/not/for/real/0000`, may call nothing |
    /// | role `plain` | trusts its account |
    /// | role `external` | trusts its account, wants external id `fake-sts-external-id` |
    /// | role `mfa` | trusts its account, wants MFA |
    /// | role `web` | trusts the built-in OIDC issuer, audience `sts.amazonaws.com` |
    /// | role `next` | trusts role `plain`, for role chaining |
    /// | role `partner` of account 444455556666 | trusts account 111122223333 |
    #[must_use]
    pub fn standard() -> Self {
        let alice = User::new("alice")
            .access_key("AKIARTX3GSDSQALICE22", "fake-sts/secret/of/alice/not/for/real/00")
            .mfa_device(
                MfaDevice::virtual_device("alice")
                    .seed("FAKESTSALICEFAKESTSALICEFAKESTSALICEFAKESTSALICEFAKESTSALICE2345"),
            )
            .policy("allow-sts", allow_sts());
        let bob = User::new("bob")
            .access_key("AKIARTX3GSDSQBOB2222", "fake-sts/secret/of/bob/not/for/real/0000");
        let chained = json!({"AWS": format!("arn:aws:iam::{HOME}:role/plain")});
        let federated =
            json!({"Federated": format!("arn:aws:iam::{HOME}:oidc-provider/{}", built_in_host())});
        let audience =
            json!({"StringEquals": {format!("{}:aud", built_in_host()): "sts.amazonaws.com"}});
        let home = Account::new(HOME)
            .user(alice)
            .user(bob)
            .role(
                Role::new("plain")
                    .trust_policy(trust(account(HOME), json!({})))
                    .policy("allow-sts", allow_sts()),
            )
            .role(Role::new("external").trust_policy(trust(
                account(HOME),
                json!({"StringEquals": {"sts:ExternalId": "fake-sts-external-id"}}),
            )))
            .role(Role::new("mfa").trust_policy(trust(
                account(HOME),
                json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            )))
            .role(Role::new("web").trust_policy(web_trust(&federated, &audience)))
            .role(Role::new("next").trust_policy(trust(chained, json!({}))))
            .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"));
        let partner = Account::new(PARTNER)
            .role(Role::new("partner").trust_policy(trust(account(HOME), json!({}))));
        Self::empty().account(home).account(partner)
    }
}

fn built_in_host() -> &'static str {
    "oidc.fake-sts.test"
}

fn account(id: &str) -> Value {
    json!({"AWS": id})
}

fn allow_sts() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]})
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table above")]
fn trust(principal: Value, condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition,
    }]})
}

fn web_trust(principal: &Value, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition,
    }]})
}
