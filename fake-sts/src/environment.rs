mod isolation;

use std::path::PathBuf;
use std::process::Command;

use self::isolation::{NO_PROXY, OFF, REMOVED};
use crate::switches::Regions;
use crate::world::{AccessKey, Directory, KeyStatus, User};

/// The environment variables for clients that call a fake as one of its users.
///
/// They keep a client from other keys, from proxies, and from the real AWS, whatever variables of AWS are set around it. Files such as
/// `~/.aws/config` are still read; [`isolated`](Self::isolated) keeps a client from them, too.
///
/// ```
/// use std::process::Command;
/// use fake_sts::FakeSts;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let sts = FakeSts::start().await;
///
/// let mut child = Command::new("aws");
/// sts.environment_of("alice")?.isolated().apply(child.args(["sts", "get-caller-identity"]));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Environment {
    endpoint: String,
    region: String,
    access_key: Option<AccessKey>,
    ca_bundle: Option<PathBuf>,
    files: Files,
}

/// Whether clients read the files of the user who runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Files {
    Read,
    Hidden,
}

/// No such user, or none who could sign a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no user {user} with an active access key; give the name or the ARN of one who has"
)]
#[non_exhaustive]
pub struct UnknownUser {
    /// The user asked for.
    pub user: String,
}

/// Any region will do where none is asked for; this is the one of the global endpoint.
const DEFAULT_REGION: &str = "us-east-1";

impl Environment {
    /// That of the first user who has an active key; without a key, if nobody has.
    pub(crate) fn of_anybody(endpoint: &str, directory: &Directory) -> Self {
        Self::new(endpoint, directory, |_| true)
    }

    /// That of a user by name or ARN.
    pub(crate) fn of(
        endpoint: &str,
        directory: &Directory,
        user: &str,
    ) -> Result<Self, UnknownUser> {
        let is_meant =
            |candidate: &User| candidate.name == user || arn(directory, candidate) == Some(user);
        let environment = Self::new(endpoint, directory, is_meant);
        match environment.access_key {
            Some(_) => Ok(environment),
            None => Err(UnknownUser { user: user.to_owned() }),
        }
    }

    fn new(endpoint: &str, directory: &Directory, is_meant: impl Fn(&User) -> bool) -> Self {
        let region = match &directory.switches().regions {
            Regions::Only(region) => region,
            Regions::FromHost | Regions::Any => DEFAULT_REGION,
        };
        let users = directory.world().accounts.iter().flat_map(|account| &account.users);
        let mut keys = users.filter(|user| is_meant(user)).flat_map(|user| &user.access_keys);
        Self {
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
            access_key: keys.find(|key| key.status == KeyStatus::Active).cloned(),
            ca_bundle: None,
            files: Files::Read,
        }
    }

    /// The same for clients that trust the certificates in a file: what [`certificate_pem`](crate::FakeSts::certificate_pem) returns.
    #[must_use]
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_bundle = Some(path.into());
        self
    }

    /// The same for clients that read no configuration and no credentials of the user who runs them.
    #[must_use]
    pub fn isolated(mut self) -> Self {
        self.files = Files::Hidden;
        self
    }

    /// Gives a child process these variables, and takes those away that must not be there.
    pub fn apply<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for name in self.removed() {
            command.env_remove(name);
        }
        command.envs(self.variables())
    }

    /// The endpoint URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A region whose signatures the fake takes.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The user's key.
    #[must_use]
    pub fn access_key(&self) -> Option<&AccessKey> {
        self.access_key.as_ref()
    }

    /// The variables to set, with their values.
    ///
    /// The hosts that this process reaches without a proxy (`NO_PROXY`) stay among those of the clients.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL_STS", self.endpoint.clone()),
            // Some clients read the one, some the other.
            ("AWS_REGION", self.region.clone()),
            ("AWS_DEFAULT_REGION", self.region.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        variables.extend(OFF.map(|name| (name, "false".to_owned())));
        let no_proxy = isolation::no_proxy(&self.endpoint, NO_PROXY.into_iter().find_map(current));
        variables.extend(NO_PROXY.map(|name| (name, no_proxy.clone())));
        if let Some(key) = &self.access_key {
            variables.push(("AWS_ACCESS_KEY_ID", key.id.clone()));
            variables.push(("AWS_SECRET_ACCESS_KEY", key.secret.clone()));
        }
        if let Some(path) = &self.ca_bundle {
            // Node has a variable of its own.
            variables.extend(CA_BUNDLE.map(|name| (name, path.display().to_string())));
        }
        if self.files == Files::Hidden {
            let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
            variables.extend(FILES.map(|name| (name, nothing.to_owned())));
        }
        variables
    }

    /// The variables that must not be there, or clients would call another endpoint, or as another user.
    #[must_use]
    pub fn removed(&self) -> Vec<&'static str> {
        let keys = if self.access_key.is_none() { &KEYS[..] } else { &[] };
        let is_set = |name: &&str| self.ca_bundle.is_some() && CA_BUNDLE.contains(name);
        REMOVED.into_iter().filter(|name| !is_set(name)).chain(keys.iter().copied()).collect()
    }
}

/// A variable of this process, which its children inherit.
#[expect(
    clippy::disallowed_methods,
    reason = "what a child would inherit, and nothing for ourselves"
)]
fn current(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

const KEYS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const CA_BUNDLE: [&str; 2] = ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
const FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

fn arn<'a>(directory: &'a Directory, user: &User) -> Option<&'a str> {
    let key = user.access_keys.iter().find_map(|key| directory.key(&key.id))?;
    Some(key.user.as_ref()?.arn())
}
