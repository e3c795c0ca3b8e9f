use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::endpoint::{Endpoint, Kind};
use crate::action::{Facts, Scene, hand_out};
use crate::state::State;
use crate::world::Credentials;

/// The endpoints of a fake.
#[derive(Debug, Default)]
pub(crate) struct Served {
    container: Option<Sessions>,
    pod_identity: Option<Sessions>,
    instance: Option<Sessions>,
}

/// One endpoint, and the session that it gives out at present.
#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) endpoint: Endpoint,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    credentials: Option<(Credentials, Timestamp)>,
    /// The tokens of the metadata service, and when they expire.
    tokens: BTreeMap<String, i64>,
}

/// A new session is there so many seconds before the old one ends.
///
/// See [IAM roles for EC2](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html).
const RENEWED_BEFORE: i64 = 300;

/// More tokens than a well-behaved client ever takes.
const TOKEN_LIMIT: usize = 1024;

impl Served {
    pub(crate) fn add(&mut self, endpoint: Endpoint) {
        let place = match endpoint.kind {
            Kind::Container { .. } => &mut self.container,
            Kind::PodIdentity => &mut self.pod_identity,
            Kind::Instance { .. } => &mut self.instance,
        };
        *place = Some(Sessions { endpoint, present: Mutex::default() });
    }

    pub(super) fn container(&self) -> Option<&Sessions> {
        self.container.as_ref()
    }

    pub(super) fn pod_identity(&self) -> Option<&Sessions> {
        self.pod_identity.as_ref()
    }

    pub(super) fn instance(&self) -> Option<&Sessions> {
        self.instance.as_ref()
    }

    /// Forgets the sessions, as a world that was reset has others.
    pub(crate) fn clear(&self) {
        for sessions in [&self.container, &self.pod_identity, &self.instance].into_iter().flatten()
        {
            *sessions.present() = Present::default();
        }
    }

    /// The role of an endpoint that the world does not have.
    pub(crate) fn without_role(&self, state: &State) -> Option<String> {
        let all = [&self.container, &self.pod_identity, &self.instance].into_iter().flatten();
        let mut roles = all.map(|sessions| &sessions.endpoint.role);
        let directory = state.directory();
        roles.find(|role| arn_of(&directory, role).is_none()).cloned()
    }
}

/// Credentials as they are given out, and those of which role.
pub(super) struct Given {
    pub(super) credentials: Credentials,
    pub(super) issued: Timestamp,
    pub(super) role_arn: String,
    pub(super) role_name: String,
    pub(super) account: String,
}

impl Sessions {
    /// The present session, or a new one shortly before its end; nothing without the role.
    pub(super) fn give(&self, state: &State, session_name: &str) -> Option<Given> {
        let directory = state.directory();
        let role = directory.role(&arn_of(&directory, &self.endpoint.role)?)?;
        let now = state.clock.timestamp();
        let lifetime = i64::try_from(self.endpoint.lifetime.as_secs()).unwrap_or(i64::MAX);
        let renewed_before = RENEWED_BEFORE.min(lifetime / 2);
        let mut present = self.present();
        let lasts = |(credentials, issued): &(Credentials, Timestamp)| {
            // A clock that was set back makes a session of the future, which is replaced.
            *issued <= now && credentials.expiration.as_second() - now.as_second() > renewed_before
        };
        let (credentials, issued) = match present.credentials.take_if(|given| lasts(given)) {
            Some(given) => given,
            None => {
                let facts = Facts { region: REGION.to_owned(), ..Facts::default() };
                let scene = Scene {
                    directory: &directory,
                    seal: &state.seal,
                    spent_codes: &state.spent_codes,
                    facts: &facts,
                    now,
                    expired: None,
                    seed: fastrand::u64(..),
                };
                (hand_out(&scene, role, session_name, lifetime).ok()?, now)
            }
        };
        present.credentials = Some((credentials.clone(), issued));
        Some(Given {
            credentials,
            issued,
            role_arn: role.arn.clone(),
            role_name: role.name.clone(),
            account: role.account.to_string(),
        })
    }

    /// A token of the metadata service that is good for so many seconds.
    pub(super) fn new_token(&self, now: Timestamp, seconds: i64) -> String {
        let token = format!("{:032x}{:016x}==", fastrand::u128(..), fastrand::u64(..));
        let mut present = self.present();
        present.tokens.retain(|_, expires| now.as_second() < *expires);
        while present.tokens.len() >= TOKEN_LIMIT {
            present.tokens.pop_first();
        }
        present.tokens.insert(token.clone(), now.as_second() + seconds);
        token
    }

    pub(super) fn knows_token(&self, token: &str, now: Timestamp) -> bool {
        self.present().tokens.get(token).is_some_and(|expires| now.as_second() < *expires)
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the instance, the container and the pod are.
pub(super) const REGION: &str = "us-east-1";

fn arn_of(directory: &crate::world::Directory, role: &str) -> Option<String> {
    if role.starts_with("arn:") {
        return directory.role(role).map(|found| found.arn.clone());
    }
    directory.role_named(role.strip_prefix("role/").unwrap_or(role))
}
