//! What may come into the dependency graph, as `deny.toml` says.
//!
//! [cargo-deny](https://embarkstudios.github.io/cargo-deny/) takes minutes to build, so a fresh machine does without:
//! licences, versions and sources are always checked here, by its own file, and by itself where it is installed. Only
//! it knows of advisories, and for those it needs a database besides.

mod config;
mod graph;

use std::process::Command;

use config::Config;
use graph::Graph;

use crate::files::read;
use crate::tools;
use crate::verdict::Verdict;
use crate::workspace::{cargo, graph, root};

/// Checks the whole graph, and says what could not be checked.
pub(crate) fn run() -> Result<Verdict, String> {
    let metadata = graph()?;
    let graph = Graph::of(&metadata)?;
    println!("licences, bans and sources of {} crates", graph.packages.len());
    let faults = faults(&config()?, &graph);
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    if !tools::has_subcommand("deny") {
        return Ok(Verdict::PassedBut("advisories: no cargo-deny here".to_owned()));
    }
    println!("the same by cargo-deny, and advisories");
    succeed_quietly(cargo(["deny", "--locked", "check", "licenses", "bans", "sources"]))?;
    match succeed_quietly(cargo(["deny", "--locked", "check", "advisories"])) {
        Ok(()) => Ok(Verdict::Passed),
        // A machine without the way to the database must not fail for it.
        Err(said) if said.contains("failed to fetch advisory database") => {
            Ok(Verdict::PassedBut("advisories: their database cannot be fetched".to_owned()))
        }
        Err(said) => Err(said),
    }
}

fn config() -> Result<Config, String> {
    toml::from_str(&read(&root().join("deny.toml"))).map_err(|error| format!("deny.toml: {error}"))
}

fn faults(config: &Config, graph: &Graph<'_>) -> Vec<String> {
    [
        graph.under_other_licences(&config.licenses.allow),
        graph.banned(&config.bans.deny),
        graph.in_two_versions(&config.bans.skip),
        graph.not_from(&config.sources.allow_registry),
    ]
    .concat()
}

/// Runs it and keeps what it says for the case that it fails.
fn succeed_quietly(mut command: Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_graph_is_as_the_configuration_wants_it() {
        let metadata = graph().unwrap();
        let graph = Graph::of(&metadata).unwrap();

        assert_eq!(faults(&config().unwrap(), &graph), Vec::<String>::new());
    }

    #[test]
    fn what_no_list_allows_is_found() {
        let metadata = graph().unwrap();
        let graph = Graph::of(&metadata).unwrap();
        let strict = "[licenses]\nallow = [\"Apache-2.0\"]\n\
            [bans]\ndeny = [{ crate = \"zeroize\", reason = \"r\" }]\n\
            skip = [{ crate = \"zeroize@1\", reason = \"r\" }]\n\
            [sources]\nallow-registry = []\n";

        let faults = faults(&toml::from_str(strict).unwrap(), &graph).join("\n");

        assert!(faults.contains("is under MIT, which deny.toml does not allow"), "{faults}");
        assert!(faults.contains("zeroize is banned: r"), "{faults}");
        assert!(faults.contains("there are two versions of syn: "), "{faults}");
        assert!(
            faults.contains("there is one version of zeroize, so deny.toml need not"),
            "{faults}"
        );
        assert!(faults.contains("comes from registry+https://github.com/rust-lang/"), "{faults}");
    }
}
