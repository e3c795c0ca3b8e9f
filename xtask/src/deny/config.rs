//! The part of `deny.toml` that is checked without cargo-deny, in
//! [its words](https://embarkstudios.github.io/cargo-deny/checks/cfg.html).

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Config {
    pub(super) licenses: Licenses,
    pub(super) bans: Bans,
    pub(super) sources: Sources,
}

#[derive(Debug, Deserialize)]
pub(super) struct Licenses {
    pub(super) allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Bans {
    pub(super) deny: Vec<Entry>,
    pub(super) skip: Vec<Entry>,
}

/// A crate, perhaps of a version, and why it is in a list: no entry goes without.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    #[serde(rename = "crate")]
    spec: String,
    pub(super) reason: String,
}

impl Entry {
    pub(super) fn name(&self) -> &str {
        self.spec.split('@').next().unwrap_or_default()
    }

    /// Such as `1` for all of 1; empty for any.
    pub(super) fn version(&self) -> &str {
        self.spec.split_once('@').map_or("", |(_, version)| version)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Sources {
    pub(super) allow_registry: Vec<String>,
}
