mod builder;
mod start_error;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;

pub use self::builder::FakeStsBuilder;
pub use self::start_error::StartError;
use crate::action::{AuthorizationMessage, ContextAssertion, issuer_url};
use crate::clock::Clock;
use crate::endpoints::EndpointFault;
use crate::fault::{Fault, FaultError, FaultGuard, Faults, Outage};
use crate::issuer::BuiltInIssuer;
use crate::journal::{Expectation, Filter, ImpossibleFilter, Journal};
use crate::oidc::Issuer;
use crate::reset::Scope;
use crate::server::Server;
use crate::state::State;
use crate::world::{PatchError, World, WorldError};
use crate::{Environment, RevokeError, UnknownUser};

/// A fake STS. Dropping it stops it: the port is free at once.
///
/// ```
/// # tokio_test(async {
/// use fake_sts::FakeSts;
///
/// let sts = FakeSts::start().await;
/// assert!(sts.uri().starts_with("http://127.0.0.1:"));
/// # });
/// # fn tokio_test(test: impl Future<Output = ()>) {
/// #     tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
/// # }
/// ```
#[derive(Debug)]
pub struct FakeSts {
    state: Arc<State>,
    router: Router,
    uri: String,
    /// What clients have to trust, if it speaks HTTPS.
    certificate_pem: Option<String>,
    /// Held for its drop; nothing when no socket is wanted.
    server: Option<Server>,
}

/// No such MFA device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no MFA device with serial number {serial}; {}", those_there_are(.known))]
#[non_exhaustive]
pub struct UnknownDevice {
    /// The serial number asked for.
    pub serial: String,
    /// Those of the world, in alphabetical order.
    pub known: Vec<String>,
}

/// As many as a person wants to read about.
fn those_there_are(known: &[String]) -> String {
    const SHOWN: usize = 5;
    match known {
        [] => "the world has none; give a user one".to_owned(),
        [some @ .., _] if some.len() >= SHOWN => {
            format!("there are {}, and {} more", known[..SHOWN].join(", "), known.len() - SHOWN)
        }
        _ => format!("there is {}", known.join(", ")),
    }
}

impl FakeSts {
    /// Starts a fake with the [standard world](World::standard) on a free port of this machine.
    ///
    /// # Panics
    ///
    /// When no loopback port can be had, which a test could do nothing about. [`FakeStsBuilder::start`] returns an error instead.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is done leaves nothing behind.
    #[expect(clippy::panic, reason = "documented; what every test would do with the error")]
    pub async fn start() -> Self {
        match Self::builder().start().await {
            Ok(fake) => fake,
            Err(error) => panic!("a fake STS could not start: {error}"),
        }
    }

    /// A fake to be told more about.
    pub fn builder() -> FakeStsBuilder {
        FakeStsBuilder::default()
    }

    /// The endpoint URL for clients: `http://` or `https://`, address and port, without a slash at the end.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The address it listens on; nothing for a fake without socket.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(Server::address)
    }

    /// Whether clients can reach it: false for a fake without socket, and after another process took the port during an [outage](Self::outage).
    #[must_use]
    pub fn is_listening(&self) -> bool {
        self.server.as_ref().is_some_and(Server::is_listening)
    }

    /// Waits until another process takes the port during an [outage](Self::outage), which ends the fake for its clients. Pending forever otherwise.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves nothing behind.
    pub async fn lost_port(&self) {
        match &self.server {
            Some(server) => server.lost_port().await,
            None => std::future::pending().await,
        }
    }

    /// The certificates that clients have to trust, in PEM; nothing for a fake that speaks HTTP.
    #[must_use]
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate_pem.as_deref()
    }

    /// What a client has to be told to call this fake as the first user who has an active access key; without a key, if nobody has.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment::of_anybody(&self.uri, &self.state.directory())
    }

    /// The same for another user, by name or ARN.
    ///
    /// # Errors
    ///
    /// When there is no such user with an active access key.
    pub fn environment_of(&self, user: &str) -> Result<Environment, UnknownUser> {
        Environment::of(&self.uri, &self.state.directory(), user)
    }

    /// Stops: frees the port at once, lets requests under way finish, and breaks off what is left after `within`.
    ///
    /// Dropping a fake frees the port at once too, and breaks off everything.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future breaks off everything.
    pub async fn stop(mut self, within: Duration) {
        if let Some(server) = self.server.take() {
            server.stop(within).await;
        }
    }

    /// The fake as a service of requests and answers in memory.
    ///
    /// Of a connection that a [fault](crate::fault) breaks, the answer tells by a [`Disruption`](crate::fault::Disruption).
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The time that everything in this fake follows.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// The calls so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.state.journal
    }

    /// Lets calls go wrong, for as long as the guard lives. See [`fault`](crate::fault).
    ///
    /// # Panics
    ///
    /// When the fault is not possible; [`try_inject`](Self::try_inject) returns an error instead.
    #[expect(clippy::panic, reason = "documented; what every test would do with the error")]
    #[track_caller]
    pub fn inject(&self, fault: Fault) -> FaultGuard {
        match self.try_inject(fault) {
            Ok(guard) => guard,
            Err(error) => panic!("this fault cannot be injected: {error}"),
        }
    }

    /// The same for a fault that may not be possible.
    ///
    /// # Errors
    ///
    /// When a name in it is unknown, a value out of its bounds, or no call can ever fit it; nothing changes then.
    pub fn try_inject(&self, fault: Fault) -> Result<FaultGuard, FaultError> {
        self.state.faults.try_inject(fault)
    }

    /// Lets the next responses of the [endpoints](crate::endpoints) go wrong, as many times as said.
    pub fn inject_at_endpoints(&self, fault: EndpointFault, times: usize) {
        self.state.endpoint_faults.add(fault, times);
    }

    /// Closes the port until the guard is dropped: connections are refused, as by a machine on which nobody listens; those of before are broken off.
    ///
    /// Nobody else gets the port meanwhile. A fake without a socket answers with a [`Disruption`](crate::fault::Disruption) that says the same. What
    /// does not arrive is no call: the journal has nothing of it. Of several outages the last one to end opens the port again.
    ///
    /// # Errors
    ///
    /// When another process took the port in the instant between its closing and its keeping. It is lost then.
    pub fn outage(&self) -> io::Result<Outage> {
        self.state.outages.begin()
    }

    /// The faults in effect, those without a guard too.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// Expects calls from here on: at least one that matches, unless [told otherwise](Expectation::times).
    ///
    /// Checked when the expectation is dropped.
    ///
    /// ```
    /// # tokio_test(async {
    /// use fake_sts::{FakeSts, journal::Filter};
    ///
    /// let sts = FakeSts::start().await;
    /// let _once = sts.expect(Filter::new().operation("AssumeRole").role("arn:aws:iam::111122223333:role/plain")).times(0..=1);
    /// let _no_leaks = sts.expect(Filter::new().refused()).never().named("nothing is refused");
    /// // .. the client under test does its work ..
    /// # });
    /// # fn tokio_test(test: impl Future<Output = ()>) {
    /// #     tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// When no call can ever match the filter; [`try_expect`](Self::try_expect) returns an error instead.
    #[expect(clippy::panic, reason = "documented; what every test would do with the error")]
    #[track_caller]
    pub fn expect(&self, filter: Filter) -> Expectation {
        match self.try_expect(filter) {
            Ok(expectation) => expectation,
            Err(error) => panic!("{error}"),
        }
    }

    /// Expects calls from here on.
    ///
    /// # Errors
    ///
    /// When no call can ever match the filter.
    pub fn try_expect(&self, filter: Filter) -> Result<Expectation, ImpossibleFilter> {
        Expectation::new(Arc::clone(&self.state), filter)
    }

    /// The ARN of a role by its name, if only one account has a role of that name.
    #[must_use]
    pub fn role_arn(&self, name: &str) -> Option<String> {
        self.state.directory().role_named(name)
    }

    /// The world, with the stable ids and MFA seeds that were made up for it.
    #[must_use]
    pub fn world(&self) -> World {
        self.state.directory().world().clone()
    }

    /// Puts another world in place of the present one: a role that is not in it any more takes its sessions with it.
    ///
    /// Start from [`world`](Self::world), so that what stays keeps its ids.
    ///
    /// # Errors
    ///
    /// When the world is not valid; the present one stays then.
    pub fn set_world(&self, world: World) -> Result<(), WorldError> {
        self.state.set_world(world)
    }

    /// Changes the world by a patch; see [`World::patched`].
    ///
    /// # Errors
    ///
    /// When the patch or what results is not valid; nothing changes then.
    pub fn patch_world(&self, patch: &serde_json::Value) -> Result<(), PatchError> {
        self.state.patch_world(patch)
    }

    /// Takes everything back to how it was at the start: world, clock, faults, journal and used MFA codes.
    pub fn reset(&self) {
        self.reset_only(&Scope::ALL);
    }

    /// Takes some of it back to how it was at the start.
    pub fn reset_only(&self, scopes: &[Scope]) {
        self.state.reset(scopes);
    }

    /// Ends the sessions of a role, as IAM's "revoke active sessions" does: a policy of the role, `AWSRevokeOlderSessions`, denies everything to
    /// sessions that were issued until now.
    ///
    /// They get `AccessDenied` then, but for `GetCallerIdentity`, which no policy can take away. Sessions assumed from now on are good.
    ///
    /// # Errors
    ///
    /// When there is no such role.
    pub fn revoke_role_sessions(&self, role_arn: &str) -> Result<(), RevokeError> {
        self.state.revoke_role_sessions(role_arn)
    }

    /// Deletes a long-term access key (`AKIA..`), or ends the one session that has a temporary one (`ASIA..`). Both get `InvalidClientTokenId` then.
    ///
    /// AWS can end sessions of a role or user only together; ending one is for tests.
    ///
    /// # Errors
    ///
    /// When there is no such key, or the id is none of an account in the world.
    pub fn revoke_access_key(&self, access_key_id: &str) -> Result<(), RevokeError> {
        self.state.revoke_access_key(access_key_id)
    }

    /// The code that an MFA device shows now, by the virtual clock: its serial number, or its name if only one device has it, such as `alice`.
    ///
    /// # Errors
    ///
    /// When there is no device with this serial number.
    pub fn totp_code(&self, serial: &str) -> Result<String, UnknownDevice> {
        self.state.totp_code(serial)
    }

    /// Encodes a message as services do in their errors, for `DecodeAuthorizationMessage`.
    #[must_use]
    pub fn encode(&self, message: &AuthorizationMessage) -> String {
        self.state.seal.close_message(&message.to_json().to_string())
    }

    /// A context assertion of a provider about who is behind a request, for `ProvidedContexts` of `AssumeRole`. It lasts for five minutes.
    ///
    /// `provider_arn` is what the request names as `ProviderArn`, such as `arn:aws:iam::aws:contextProvider/IdentityCenter`.
    #[must_use]
    pub fn context_assertion(&self, provider_arn: &str, subject: &str) -> String {
        let now = self.state.clock.timestamp();
        ContextAssertion::new(provider_arn, subject, now).close(&self.state.seal)
    }

    /// The issuer URL of the tokens that `GetWebIdentityToken` hands out in an account, or nothing if the text is no account id.
    #[must_use]
    pub fn outbound_issuer(&self, account: &str) -> Option<String> {
        Some(issuer_url(&self.state.seal, account.parse().ok()?))
    }

    /// The built-in OIDC issuer, whose tokens the providers of [`OidcProvider::built_in`](crate::world::OidcProvider::built_in) accept.
    #[must_use]
    pub fn issuer(&self) -> BuiltInIssuer {
        BuiltInIssuer::new(self.state.issuer.clone(), self.state.clock.clone())
    }

    /// The built-in SAML identity provider, whose assertions the providers of
    /// [`SamlProvider::built_in`](crate::world::SamlProvider::built_in) accept.
    #[cfg(feature = "saml")]
    #[must_use]
    pub fn saml_identity_provider(&self) -> crate::BuiltInIdentityProvider {
        let provider = crate::saml::IdentityProvider::new(crate::world::BUILT_IN_IDENTITY_PROVIDER);
        crate::BuiltInIdentityProvider::new(provider, self.state.clock.clone())
    }

    /// The same issuer under another URL, for providers with
    /// [`OidcProvider::built_in_keys`](crate::world::OidcProvider::built_in_keys).
    #[must_use]
    pub fn issuer_at(&self, url: &str) -> BuiltInIssuer {
        BuiltInIssuer::new(Issuer::new(url), self.state.clock.clone())
    }
}
