use std::path::PathBuf;

use crate::switches::Regions;
use crate::world::{AccessKey, Directory, KeyStatus, User};

/// What a client has to be told to call a fake as one of its users.
///
/// ```
/// use std::process::Command;
/// use fake_sts::FakeSts;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let sts = FakeSts::start().await;
///
/// let environment = sts.environment_of("alice")?;
/// let mut child = Command::new("aws");
/// child.args(["sts", "get-caller-identity"]).envs(environment.variables());
/// for name in environment.removed() {
///     child.env_remove(name);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Environment {
    endpoint: String,
    region: String,
    access_key: Option<AccessKey>,
    ca_bundle: Option<PathBuf>,
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
        }
    }

    /// The same for clients that trust the certificates in a file: what [`certificate_pem`](crate::FakeSts::certificate_pem) returns.
    #[must_use]
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_bundle = Some(path.into());
        self
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

    /// The variables that AWS's tools and SDKs read, with their values.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL_STS", self.endpoint.clone()),
            // Some clients read the one, some the other.
            ("AWS_REGION", self.region.clone()),
            ("AWS_DEFAULT_REGION", self.region.clone()),
        ];
        if let Some(key) = &self.access_key {
            variables.push(("AWS_ACCESS_KEY_ID", key.id.clone()));
            variables.push(("AWS_SECRET_ACCESS_KEY", key.secret.clone()));
        }
        if let Some(path) = &self.ca_bundle {
            // Node has a variable of its own.
            for name in ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
                variables.push((name, path.display().to_string()));
            }
        }
        variables
    }

    /// The variables that must not be there, or clients would call as somebody else.
    #[must_use]
    pub fn removed(&self) -> &'static [&'static str] {
        if self.access_key.is_some() { &["AWS_SESSION_TOKEN", "AWS_PROFILE"] } else { &[] }
    }
}

fn arn<'a>(directory: &'a Directory, user: &User) -> Option<&'a str> {
    let key = user.access_keys.iter().find_map(|key| directory.key(&key.id))?;
    Some(key.user.as_ref()?.arn())
}
