use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::SystemTime,
};

use axum::Router;

use crate::{
    action::{AuthorizationMessage, issuer_url},
    clock::{Clock, ClockError},
    issuer::BuiltInIssuer,
    journal::{self, Journal},
    oidc::Issuer,
    router,
    server::Server,
    state::State,
    switches::Switches,
    world::{Account, Directory, Seal, World, WorldError},
};

/// A fake STS. Dropping it stops it.
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
    /// Held for its drop; nothing when no socket is wanted.
    server: Option<Server>,
}

/// What a [`FakeSts`] shall be like.
#[derive(Debug, Default)]
#[must_use]
pub struct FakeStsBuilder {
    world: World,
    address: Option<IpAddr>,
    port: u16,
    clock: Clock,
    frozen_at: Option<SystemTime>,
    session_key: Option<[u8; 32]>,
    journal_capacity: Option<usize>,
}

/// Why a fake did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The world cannot be.
    #[error("the world is not valid")]
    World(#[from] WorldError),
    /// The clock cannot stand there.
    #[error("the time to start at is not possible")]
    Clock(#[from] ClockError),
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}; is another server there? Leave the port out, or 0, for a free one"
    )]
    #[non_exhaustive]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The system gives no random bytes for the key that seals session tokens.
    #[error("the system gives no random bytes; give a session key instead")]
    Chance(#[source] io::Error),
}

/// No such MFA device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no MFA device with serial number {serial}; virtual devices have an ARN such as arn:aws:iam::111122223333:mfa/alice"
)]
#[non_exhaustive]
pub struct UnknownDevice {
    /// The serial number asked for.
    pub serial: String,
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

    /// The endpoint URL for clients: `http://`, address and port, without a slash at the end.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The address it listens on; nothing for a fake without socket.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(Server::address)
    }

    /// The fake as a service of requests and answers in memory.
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

    /// The world, with the stable ids and MFA seeds that were made up for it.
    #[must_use]
    pub fn world(&self) -> World {
        self.state.directory().world().clone()
    }

    /// The code that an MFA device shows now, by the virtual clock.
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

impl FakeStsBuilder {
    /// Adds an account. The [standard world](World::standard) is there only as long as nothing is added.
    pub fn account(mut self, account: Account) -> Self {
        self.world.accounts.push(account);
        self
    }

    /// Starts with this world instead of what was added so far.
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// What to do where the real service is undocumented or disputed.
    pub fn switches(mut self, switches: Switches) -> Self {
        self.world.switches = switches;
        self
    }

    /// Starts with a clock that stands still at a time.
    pub fn clock_frozen_at(mut self, time: SystemTime) -> Self {
        self.frozen_at = Some(time);
        self
    }

    /// Follows a clock that others follow too.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Listens on this port; 0, the default, is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens on this address instead of `127.0.0.1`.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Seals session tokens with this key, so that the tokens of another run with the same key and the same world stay valid.
    pub fn session_key(mut self, key: [u8; 32]) -> Self {
        self.session_key = Some(key);
        self
    }

    /// How many calls the journal keeps.
    pub fn journal_capacity(mut self, calls: usize) -> Self {
        self.journal_capacity = Some(calls);
        self
    }

    /// Starts.
    ///
    /// # Errors
    ///
    /// When the world or the time is not possible, or the port is not free.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn start(self) -> Result<FakeSts, StartError> {
        let address =
            SocketAddr::new(self.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), self.port);
        let mut fake = self.without_socket()?;
        let server = Server::start(address, fake.router.clone())
            .await
            .map_err(|source| StartError::Bind { address, source })?;
        fake.uri = format!("http://{}", reachable(server.address()));
        fake.server = Some(server);
        Ok(fake)
    }

    /// Makes a fake that listens nowhere: requests go to its [router](FakeSts::router).
    ///
    /// # Errors
    ///
    /// When the world or the time is not possible.
    pub fn without_socket(self) -> Result<FakeSts, StartError> {
        let nothing_added = self.world.accounts.is_empty();
        let standard = World { switches: self.world.switches.clone(), ..World::standard() };
        let world = if nothing_added { standard } else { self.world };
        if let Some(time) = self.frozen_at {
            // In this order, so that not even a nanosecond passes.
            self.clock.freeze();
            self.clock.set(time)?;
        }
        let key = match self.session_key {
            Some(key) => key,
            None => random_key().map_err(StartError::Chance)?,
        };
        let directory = Directory::new(world, &mut fastrand::Rng::new())?;
        let journal = Journal::new(self.journal_capacity.unwrap_or(journal::DEFAULT_CAPACITY));
        let state = Arc::new(State::new(directory, Seal::new(key), self.clock, journal));
        let router = router::router(Arc::clone(&state));
        Ok(FakeSts { state, router, uri: NO_SOCKET.to_owned(), server: None })
    }
}

/// What clients call a fake without socket. The name is reserved for tests (RFC 6761).
const NO_SOCKET: &str = "http://sts.fake-sts.test";

/// The address that a client on this machine reaches a server by.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

fn random_key() -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(key)
}
