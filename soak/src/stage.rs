use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use fake_sts::world::{Account, MfaDevice, OidcProvider, Role, SamlProvider, User, World};
use serde_json::{Value, json};
use stscreds_core::{Clock, Error};
use stscreds_token::{IdentityToken, MfaTotp, SamlAssertion};

use crate::connector::{Calls, way_to};
use crate::schedule::Trouble;
use crate::wall::Wall;
use crate::watch::{Watch, lock};

/// The fake, its world, and everything pointed at it.
pub(crate) struct Stage {
    pub(crate) fake: Arc<FakeSts>,
    pub(crate) wall: Wall,
    pub(crate) calls: Calls,
    watch: Watch,
    world: World,
    token: Mutex<Token>,
}

#[derive(Default)]
struct Token {
    text: String,
    is_stale: bool,
}

/// Takes a trouble back.
pub(crate) type Undo = Box<dyn FnOnce(&Stage)>;

impl Stage {
    pub(crate) fn set(wall: &Wall, watch: &Watch) -> Result<Arc<Self>, String> {
        let fake = FakeSts::builder()
            .account(company(watch))
            .account(production())
            .session_key([7; 32])
            .journal_capacity(16)
            .clock_frozen_at(wall.of_sts())
            .without_socket()
            .map_err(|error| error.to_string())?;
        let world = fake.world();
        Ok(Arc::new(Self {
            fake: Arc::new(fake),
            wall: wall.clone(),
            calls: Calls::default(),
            watch: watch.clone(),
            world,
            token: Mutex::default(),
        }))
    }

    pub(crate) fn clock(&self) -> Clock {
        Clock::custom(self.wall.clone())
    }

    /// The SDK's configuration of a user of the company.
    pub(crate) fn sdk_config(&self, user: usize) -> Result<SdkConfig, String> {
        let config =
            self.fake.sdk_config_of(&user_name(user)).map_err(|error| error.to_string())?;
        let limits = TimeoutConfig::builder().operation_timeout(Duration::from_secs(60)).build();
        Ok(config
            .into_builder()
            .http_client(way_to(&self.fake, &self.wall, &self.calls))
            .retry_config(RetryConfig::standard())
            .timeout_config(limits)
            .time_source(self.wall.clone())
            .build())
    }

    /// The device of a user, and what shows its codes.
    pub(crate) fn mfa(&self, user: usize) -> Result<(String, MfaTotp), Error> {
        let serial = format!("arn:aws:iam::{COMPANY}:mfa/{}", user_name(user));
        Ok((serial, MfaTotp::with_clock(seed(user), self.clock())?))
    }

    /// An identity token as its issuer rotates it, unless it does not.
    pub(crate) fn identity_token(&self) -> Result<IdentityToken, Error> {
        let mut token = lock(&self.token);
        if token.text.is_empty() || !token.is_stale {
            let _ = self.fake.clock().set(self.wall.of_sts());
            let minted = self.fake.issuer().token().subject("repo:octo/app");
            token.text = minted.expires_in(Duration::from_secs(600)).mint();
            self.watch.keep_secret(token.text.clone());
        }
        IdentityToken::parse(token.text.clone())
    }

    /// What a log-in at the identity provider yields.
    pub(crate) fn assertion(&self) -> Result<SamlAssertion, Error> {
        let _ = self.fake.clock().set(self.wall.of_sts());
        let issued = self.fake.saml_identity_provider().assertion();
        let assertion = issued.subject("octo@example.com").role(SAML_PROVIDER, SAML).mint();
        self.watch.keep_secret(assertion.clone());
        SamlAssertion::parse(assertion)
    }

    /// Lets something go wrong.
    pub(crate) fn begin(&self, trouble: Trouble) -> Undo {
        let _ = self.fake.clock().set(self.wall.of_sts());
        let milliseconds = Duration::from_millis;
        let fault = match trouble {
            Trouble::Slow(most) => Fault::delay_between(milliseconds(1), milliseconds(most + 2)),
            Trouble::Throttled => Fault::throttle(0.2, 1),
            Trouble::Reset => Fault::reset(),
            Trouble::Truncated => Fault::truncated(),
            Trouble::Malformed => Fault::malformed(),
            Trouble::Outage => Fault::page(503),
            Trouble::Silence => Fault::hang(),
            Trouble::InternalFailure => Fault::error("InternalFailure"),
            Trouble::IssuerUnreachable => {
                Fault::unreachable_issuer().on("AssumeRoleWithWebIdentity")
            }
            Trouble::ClockOff(seconds) => {
                self.wall.set_off_by(seconds);
                return Box::new(|stage| stage.wall.set_off_by(0));
            }
            Trouble::StaleToken => {
                lock(&self.token).is_stale = true;
                return Box::new(|stage| lock(&stage.token).is_stale = false);
            }
            Trouble::RolesGone => {
                let mut world = self.world.clone();
                world.accounts.iter_mut().for_each(|account| account.roles.clear());
                let _ = self.fake.set_world(world);
                return Box::new(|stage| {
                    let _ = stage.fake.set_world(stage.world.clone());
                });
            }
        };
        let guard = self.fake.inject(fault);
        Box::new(|_| drop(guard))
    }
}

pub(crate) const PLAIN: &str = "arn:aws:iam::444455556666:role/plain";
pub(crate) const WEB: &str = "arn:aws:iam::444455556666:role/web";
pub(crate) const SAML: &str = "arn:aws:iam::444455556666:role/saml";
pub(crate) const SAML_PROVIDER: &str = "arn:aws:iam::444455556666:saml-provider/Idp";
pub(crate) const GUARDED: &str = "arn:aws:iam::444455556666:role/guarded";
pub(crate) const NEXT: &str = "arn:aws:iam::444455556666:role/next";

const COMPANY: &str = "111122223333";

/// More than there are subjects: each has a user, and so a device, of its own.
const USERS: usize = 32;

fn user_name(user: usize) -> String {
    format!("user-{user}")
}

/// In base32, and another one for each user.
fn seed(user: usize) -> String {
    let letter = |at: usize| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(user * 7 + at * 11) % 32];
    (0..32).map(|at| char::from(letter(at))).collect()
}

fn company(watch: &Watch) -> Account {
    (0..USERS).fold(Account::new(COMPANY), |account, user| {
        let may_call_sts = policy(json!({"Effect": "Allow", "Action": "sts:*", "Resource": "*"}));
        let secret = format!("planted/secret/of/user/number/{user:010}");
        watch.keep_secret(secret.clone());
        watch.keep_secret(seed(user));
        account.user(
            User::new(user_name(user))
                .access_key(format!("AKIARTXAEYWUQ3USER{}{}", 2 + user / 6, 2 + user % 6), secret)
                .mfa_device(MfaDevice::virtual_device(&user_name(user)).seed(seed(user)))
                .policy("may-call-sts", may_call_sts),
        )
    })
}

fn production() -> Account {
    let company = || json!({"AWS": format!("arn:aws:iam::{COMPANY}:root")});
    let issuer = json!({"Federated": "arn:aws:iam::444455556666:oidc-provider/oidc.fake-sts.test"});
    let subject = json!({"StringLike": {"oidc.fake-sts.test:sub": "repo:octo/*"}});
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let may_assume_next =
        policy(json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": NEXT}));
    Account::new("444455556666")
        .role(Role::new("plain").trust_policy(trust(company(), "sts:AssumeRole", json!({}))))
        .role(
            Role::new("guarded")
                .trust_policy(trust(company(), "sts:AssumeRole", mfa))
                .policy("may-assume-next", may_assume_next),
        )
        .role(Role::new("next").trust_policy(trust(
            json!({"AWS": GUARDED}),
            "sts:AssumeRole",
            json!({}),
        )))
        .role(Role::new("web").trust_policy(trust(
            issuer,
            "sts:AssumeRoleWithWebIdentity",
            subject,
        )))
        .role(Role::new("saml").trust_policy(trust(
            json!({"Federated": SAML_PROVIDER}),
            "sts:AssumeRoleWithSAML",
            json!({}),
        )))
        .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"))
        .saml_provider(SamlProvider::built_in("Idp"))
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table above")]
fn trust(principal: Value, action: &str, condition: Value) -> Value {
    policy(json!({
        "Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition,
    }))
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table above")]
fn policy(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}
