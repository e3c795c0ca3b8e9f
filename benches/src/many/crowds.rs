use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use aws_credential_types::Credentials as SdkCredentials;
use stscreds_cache::CredentialsCache;
use tokio::runtime::{Builder, Runtime};

use super::{Crowd, Filled};
use crate::clock;
use crate::contender::Level;
use crate::contenders::{self, crowd_of_lazy};
use crate::upstream::{Issued, Refused, Upstream};
use crate::waiting::Waiting;

/// Every way to keep many, ours first: those made for it, and of each other contender an instance for each value.
#[must_use]
pub fn crowds() -> Vec<Crowd> {
    let mut crowds = made_for_many();
    for entry in contenders::all() {
        let is_known = crowds.iter().any(|crowd| crowd.name == entry.name);
        if entry.level == Level::Direct && entry.twin.is_none() && !is_known {
            crowds.push(Crowd::of(&entry));
        }
    }
    crowds
}

/// Those that keep many in a way of their own.
fn made_for_many() -> Vec<Crowd> {
    vec![
        Crowd {
            name: "stscreds-lean",
            holds: "a lean CredentialsCache each, held by its user",
            at_most: usize::MAX,
            fill: |count| Ok(Box::new(Handles(fill_ours(count, Form::Lean)?))),
        },
        Crowd {
            name: "stscreds",
            holds: "a striped CredentialsCache each, held by its user",
            at_most: 10_000,
            fill: |count| Ok(Box::new(Handles(fill_ours(count, Form::Striped)?))),
        },
        Crowd {
            name: "stscreds-lean-papaya",
            holds: "papaya map of role to lean CredentialsCache",
            at_most: usize::MAX,
            fill: |count| {
                let caches = papaya::HashMap::new();
                for (role, cache) in fill_ours(count, Form::Lean)?.into_iter().enumerate() {
                    caches.pin().insert(arn(role), cache);
                }
                Ok(Box::new(Papaya { roles: arns(count), caches }))
            },
        },
        Crowd {
            name: "sdk-lazy",
            holds: "one IdentityCache::lazy with enough partitions, a provider each",
            at_most: usize::MAX,
            fill: |count| Ok(Box::new(runtime()?.block_on(crowd_of_lazy(count))?)),
        },
        Crowd {
            name: "dashmap",
            holds: "DashMap of role to credentials",
            at_most: usize::MAX,
            fill: |count| {
                let values = (0..count).map(|role| (arn(role), issued().sdk())).collect();
                Ok(Box::new(Sharded { roles: arns(count), values }))
            },
        },
        Crowd {
            name: "std-rwlock-map",
            holds: "std RwLock around a HashMap of role to credentials",
            at_most: usize::MAX,
            fill: |count| {
                let values = (0..count).map(|role| (arn(role), issued().sdk())).collect();
                Ok(Box::new(Locked { roles: arns(count), values: RwLock::new(values) }))
            },
        },
        Crowd {
            name: "moka",
            holds: "moka::future::Cache of role to credentials",
            at_most: usize::MAX,
            fill: |count| {
                let values = moka::future::Cache::new(u64::MAX);
                for role in 0..count {
                    Waiting::here().for_output_of(values.insert(arn(role), issued().sdk()));
                }
                Ok(Box::new(Moka { roles: arns(count), values }))
            },
        },
        Crowd {
            name: "values",
            holds: "the credentials alone, no cache: what the rest is measured against",
            at_most: usize::MAX,
            fill: |count| Ok(Box::new(Values((0..count).map(|_| issued().ours()).collect()))),
        },
    ]
}

struct Handles(Vec<CredentialsCache>);

impl Filled for Handles {
    fn read(&self, key: usize) -> usize {
        self.0[key].with(|credentials| credentials.access_key_id().len()).unwrap_or_default()
    }
}

struct Papaya {
    roles: Vec<String>,
    caches: papaya::HashMap<String, CredentialsCache>,
}

impl Filled for Papaya {
    fn read(&self, key: usize) -> usize {
        let pinned = self.caches.pin();
        let cache = pinned.get(&self.roles[key]);
        cache.and_then(|c| c.with(|credentials| credentials.access_key_id().len())).unwrap_or(0)
    }
}

struct Sharded {
    roles: Vec<String>,
    values: dashmap::DashMap<String, SdkCredentials>,
}

impl Filled for Sharded {
    fn read(&self, key: usize) -> usize {
        let found = self.values.get(&self.roles[key]).map(|entry| entry.clone());
        found.filter(is_fresh).map_or(0, |credentials| credentials.access_key_id().len())
    }
}

struct Locked {
    roles: Vec<String>,
    values: RwLock<HashMap<String, SdkCredentials>>,
}

impl Filled for Locked {
    fn read(&self, key: usize) -> usize {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let found = values.get(&self.roles[key]).cloned();
        found.filter(is_fresh).map_or(0, |credentials| credentials.access_key_id().len())
    }
}

struct Moka {
    roles: Vec<String>,
    values: moka::future::Cache<String, SdkCredentials>,
}

impl Filled for Moka {
    fn read(&self, key: usize) -> usize {
        let found = Waiting::here().for_output_of(self.values.get(&self.roles[key]));
        found.filter(is_fresh).map_or(0, |credentials| credentials.access_key_id().len())
    }
}

struct Values(Vec<stscreds_core::Credentials>);

impl Filled for Values {
    fn read(&self, key: usize) -> usize {
        self.0[key].access_key_id().len()
    }
}

fn is_fresh(credentials: &SdkCredentials) -> bool {
    credentials.expiry().is_some_and(|expiry| clock::precise() < expiry)
}

#[derive(Clone, Copy)]
enum Form {
    Lean,
    Striped,
}

fn fill_ours(count: usize, form: Form) -> Result<Vec<CredentialsCache>, Refused> {
    let filling = async {
        let mut caches = Vec::with_capacity(count);
        for _ in 0..count {
            let cache = CredentialsCache::builder(async || Ok(issued().ours()));
            let cache = match form {
                Form::Lean => cache.lean().build(),
                Form::Striped => cache.build(),
            };
            cache.credentials().await.map_err(|_| Refused)?;
            caches.push(cache);
        }
        Ok(caches)
    };
    runtime()?.block_on(filling)
}

pub(super) fn runtime() -> Result<&'static Runtime, Refused> {
    static RUNTIME: LazyLock<Option<Runtime>> =
        LazyLock::new(|| Builder::new_current_thread().enable_time().build().ok());
    RUNTIME.as_ref().ok_or(Refused)
}

fn issued() -> Issued {
    Issued { serial: 0, expires_at: clock::precise() + Upstream::instant().lifetime() }
}

fn arn(role: usize) -> String {
    format!("arn:aws:iam::111122223333:role/customer-{role:06}")
}

fn arns(count: usize) -> Vec<String> {
    (0..count).map(arn).collect()
}
