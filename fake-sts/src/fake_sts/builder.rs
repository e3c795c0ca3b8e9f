use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;
use std::{io, mem};

use sha2::{Digest as _, Sha256};

use super::{FakeSts, StartError};
use crate::clock::Clock;
use crate::control_token::{ControlToken, UnusableControlToken};
use crate::endpoints::Endpoint;
use crate::journal::{self, Journal, Secrets};
use crate::server::{Server, Transport};
use crate::state::State;
use crate::switches::Switches;
use crate::world::{Account, Directory, Role, Seal, User, World};
use crate::{blocking, router};

/// What a [`FakeSts`] shall be like.
#[derive(Debug, Default)]
#[must_use]
pub struct FakeStsBuilder {
    world: Option<World>,
    switches: Option<Switches>,
    address: Option<IpAddr>,
    port: u16,
    clock: Clock,
    frozen_at: Option<SystemTime>,
    session_key: Option<[u8; 32]>,
    transport: Transport,
    journal_capacity: Option<usize>,
    journal_secrets: Secrets,
    control_token: Option<Result<ControlToken, UnusableControlToken>>,
    endpoints: Vec<Endpoint>,
}

impl FakeStsBuilder {
    /// Adds an account. The [default world](World::standard) is there only as long as nothing is added.
    pub fn account(mut self, account: Account) -> Self {
        self.world.get_or_insert_default().accounts.push(account);
        self
    }

    /// Adds a role to the first account: without other accounts or a world, that of the [default world](World::standard), which stays.
    pub fn add_role(self, role: Role) -> Self {
        self.in_first_account(|account| account.roles.push(role))
    }

    /// Adds a user to the first account: without other accounts or a world, that of the [default world](World::standard), which stays.
    pub fn add_user(self, user: User) -> Self {
        self.in_first_account(|account| account.users.push(user))
    }

    /// Adds an account to the world so far: without other accounts, to the [default world](World::standard), which stays.
    pub fn add_account(mut self, account: Account) -> Self {
        self.world.get_or_insert_with(World::standard).accounts.push(account);
        self
    }

    /// Starts with this world, to which accounts that were added before are added.
    pub fn world(mut self, mut world: World) -> Self {
        world.accounts.extend(self.world.into_iter().flat_map(|world| world.accounts));
        self.world = Some(world);
        self.switches = None;
        self
    }

    fn in_first_account(mut self, change: impl FnOnce(&mut Account)) -> Self {
        let world = self.world.get_or_insert_with(World::standard);
        match world.accounts.first_mut() {
            Some(account) => change(account),
            None => {
                let mut account = Account::new(crate::standard::ACCOUNT);
                change(&mut account);
                world.accounts.push(account);
            }
        }
        self
    }

    /// What to do where the real service is undocumented or disputed.
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = Some(switches);
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
    ///
    /// The ids and MFA seeds that the world leaves out, as the standard one does, follow from the key then, so that they are those of the other run too.
    pub fn session_key(mut self, key: [u8; 32]) -> Self {
        self.session_key = Some(key);
        self
    }

    /// How many calls the journal keeps.
    pub fn journal_capacity(mut self, calls: usize) -> Self {
        self.journal_capacity = Some(calls);
        self
    }

    /// Speaks HTTPS, and nothing else, with this certificate.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: crate::tls::Tls) -> Self {
        self.transport = Transport::Tls(tls);
        self
    }

    /// Whether tokens, MFA codes and the like stand in the journal.
    pub fn journal_secrets(mut self, secrets: Secrets) -> Self {
        self.journal_secrets = secrets;
        self
    }

    /// Asks for `Authorization: Bearer <token>` at everything below `/_fake-sts/` that knows or changes something.
    ///
    /// Health, readiness and the public keys of the built-in issuer stay open. Worth having where others can reach the address.
    pub fn control_token(mut self, token: &str) -> Self {
        self.control_token = Some(ControlToken::new(token));
        self
    }

    /// Serves an endpoint that gives credentials of a role to programs. See [`endpoints`](crate::endpoints).
    pub fn serve(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Starts.
    ///
    /// # Errors
    ///
    /// When the world, the time or the control token is not possible, or the port is not free.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future before it is done leaves nothing behind.
    pub async fn start(mut self) -> Result<FakeSts, StartError> {
        let address =
            SocketAddr::new(self.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), self.port);
        let transport = mem::take(&mut self.transport);
        let scheme = transport.scheme();
        let mut fake = self.without_socket()?;
        fake.certificate_pem = transport.certificate_pem();
        let server = Server::start(address, transport, fake.router.clone())
            .await
            .map_err(|source| StartError::Bind { address, source })?;
        fake.uri = format!("{scheme}://{}", reachable(server.address()));
        fake.state.journal.reached_by(&fake.uri);
        fake.state.outages.set_door(server.door());
        fake.server = Some(server);
        Ok(fake)
    }

    /// Starts on a thread of its own, for tests that are not asynchronous.
    ///
    /// # Errors
    ///
    /// As with [`start`](Self::start), or when there can be no more threads.
    pub fn start_blocking(self) -> Result<blocking::FakeSts, StartError> {
        blocking::FakeSts::start_with(self)
    }

    /// Makes a fake that listens nowhere: requests go to its [router](FakeSts::router).
    ///
    /// # Errors
    ///
    /// When the world, the time or the control token is not possible.
    pub fn without_socket(self) -> Result<FakeSts, StartError> {
        let mut world = self.world.unwrap_or_else(World::standard);
        if let Some(switches) = self.switches {
            world.switches = switches;
        }
        if let Some(time) = self.frozen_at {
            // In this order, so that not even a nanosecond passes.
            self.clock.freeze();
            self.clock.set(time)?;
        }
        let key = match self.session_key {
            Some(key) => key,
            None => random_key().map_err(StartError::Chance)?,
        };
        let mut chance = self.session_key.map_or_else(fastrand::Rng::new, |key| made_up_from(&key));
        let directory = Directory::new(world, &mut chance)?;
        let journal = Journal::new(
            self.journal_capacity.unwrap_or(journal::DEFAULT_CAPACITY),
            self.journal_secrets,
        );
        let mut state = State::new(directory, Seal::new(key), self.clock, journal);
        state.control_token = self.control_token.transpose()?;
        self.endpoints.into_iter().for_each(|endpoint| state.endpoints.add(endpoint));
        if let Some(role) = state.endpoints.without_role(&state) {
            return Err(StartError::Serve { role });
        }
        let state = Arc::new(state);
        let router = router::router(Arc::clone(&state));
        Ok(FakeSts {
            state,
            router,
            uri: NO_SOCKET.to_owned(),
            certificate_pem: None,
            server: None,
        })
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

/// Chance that is the same in each run with this key. A session names its role or user by a stable id, which had better not be another one then.
fn made_up_from(key: &[u8; 32]) -> fastrand::Rng {
    // Hashed, so that nothing of the key shows in what is made up.
    let digest = Sha256::new().chain_update(b"ids of the world").chain_update(key).finalize();
    let seed = digest.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    fastrand::Rng::with_seed(seed)
}

fn random_key() -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(key)
}
