//! Which crate may know which, and how many others each brings along.

use std::collections::BTreeSet;

use cargo_metadata::{Dependency, DependencyKind, Package};

use crate::workspace::{cargo, members, output_of};

/// The crates that users depend on, lowest layer first: whom each may name, and
/// how many other crates its normal closure may hold.
const LAYERS: &[Layer] = &[
    Layer { name: "stscreds-core", may_name: &[], budget: Some(12) },
    Layer { name: "stscreds-transport", may_name: &[], budget: Some(14) },
    Layer {
        name: "stscreds-token",
        may_name: &["stscreds-transport", "stscreds-core"],
        budget: Some(16),
    },
    Layer { name: "stscreds-cache", may_name: &["stscreds-core"], budget: Some(20) },
    Layer { name: "stscreds-metrics", may_name: &["stscreds-cache"], budget: Some(26) },
    // Its own host and what that brings, without an HTTP client.
    Layer { name: "stscreds-object-store", may_name: &["stscreds-core"], budget: Some(101) },
    Layer { name: "stscreds-reqsign", may_name: &["stscreds-core"], budget: Some(60) },
    Layer {
        name: "stscreds-provider",
        may_name: &["stscreds-token", "stscreds-core"],
        budget: Some(20),
    },
    Layer {
        name: "stscreds-http",
        may_name: &["stscreds-provider", "stscreds-token", "stscreds-transport", "stscreds-core"],
        budget: Some(60),
    },
    Layer {
        name: "stscreds-profile",
        may_name: &["stscreds-provider", "stscreds-token", "stscreds-core"],
        budget: Some(48),
    },
    Layer {
        name: "stscreds-aws-sdk",
        may_name: &[
            "stscreds-profile",
            "stscreds-provider",
            "stscreds-token",
            "stscreds-cache",
            "stscreds-core",
        ],
        // The SDK's own: 68 for aws-sdk-sts without its defaults when this was written.
        budget: None,
    },
    Layer {
        name: "stscreds",
        may_name: &[
            "stscreds-aws-sdk",
            "stscreds-provider",
            "stscreds-token",
            "stscreds-cache",
            "stscreds-core",
        ],
        budget: None,
    },
    Layer { name: "stscreds-cli", may_name: &["stscreds"], budget: None },
    // None of tokio, hyper and axum is among them; a test says so.
    Layer { name: "fake-sts-model", may_name: &[], budget: Some(90) },
    Layer { name: "fake-sts", may_name: &["fake-sts-model"], budget: None },
];

/// Crates whose closure without their default features has a budget of its own.
const LEAN: &[(&str, usize)] = &[("stscreds-http", 40)];

struct Layer {
    name: &'static str,
    may_name: &'static [&'static str],
    budget: Option<usize>,
}

/// Prints each crate's closure and budget, and fails on what the rules forbid.
pub(crate) fn show() -> Result<(), String> {
    println!("{:<20} {:>7} {:>7}", "crate", "others", "budget");
    for layer in LAYERS {
        let others = closure_of(layer.name, &[])?.len();
        let budget = layer.budget.map_or_else(|| "-".into(), |budget| budget.to_string());
        println!("{:<20} {others:>7} {budget:>7}", layer.name);
    }
    for (name, budget) in LEAN {
        let others = closure_of(name, &["--no-default-features"])?.len();
        println!("{:<20} {others:>7} {budget:>7}", format!("{name}, lean"));
    }
    let members = members()?;
    let faults = [wrong_arrows(&members), sdk_outside_of_the_adapter(&members), over_budget()?];
    match faults.concat() {
        faults if faults.is_empty() => Ok(()),
        faults => Err(faults.join("\n")),
    }
}

fn wrong_arrows(members: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for member in members {
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == *member.name) else {
            if !CHORES.contains(&member.name.as_str()) {
                faults.push(format!("{} has no layer", member.name));
            }
            continue;
        };
        for Dependency { name, kind, .. } in &member.dependencies {
            let ours = LAYERS.iter().any(|layer| layer.name == name);
            if ours && *kind == DependencyKind::Normal && !layer.may_name.contains(&name.as_str()) {
                faults.push(format!("{} must not name {name}", member.name));
            }
        }
    }
    faults
}

/// Members that are nobody's dependency.
const CHORES: [&str; 4] = ["benches", "docs", "soak", "xtask"];

/// The SDK's crates belong to the adapter, to tests, to the benchmarks, and to the
/// fake's optional entry for those who want no socket (decision 0014); never with
/// their defaults, which pull in two TLS stacks.
fn sdk_outside_of_the_adapter(members: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for member in members {
        let at_home = ["stscreds-aws-sdk", "stscreds-cli", "benches", "fake-sts", "soak"]
            .contains(&member.name.as_str());
        for Dependency { name, kind, uses_default_features, .. } in &member.dependencies {
            if !name.starts_with("aws-") || name.starts_with("aws-lc-") {
                continue;
            }
            if *kind == DependencyKind::Normal && !at_home {
                faults.push(format!("{} must not name {name}", member.name));
            }
            if *uses_default_features {
                faults.push(format!("{} takes {name} with its defaults", member.name));
            }
        }
    }
    faults
}

fn over_budget() -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for layer in LAYERS {
        let Some(budget) = layer.budget else { continue };
        let others = closure_of(layer.name, &[])?;
        if others.len() > budget {
            faults.push(format!("{}: {} > {budget}: {others:?}", layer.name, others.len()));
        }
    }
    for (name, budget) in LEAN {
        let others = closure_of(name, &["--no-default-features"])?;
        if others.len() > *budget {
            faults.push(format!("{name}, lean: {} > {budget}: {others:?}", others.len()));
        }
    }
    Ok(faults)
}

/// The other crates in a crate's normal closure on this platform.
fn closure_of(name: &str, features: &[&str]) -> Result<BTreeSet<String>, String> {
    let tree = ["tree", "-p", name, "-e", "normal", "--prefix", "none", "--offline"];
    let tree = output_of(cargo(tree.into_iter().chain(features.iter().copied())))?;
    let others = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|other| *other != name)
        .map(str::to_owned);
    Ok(others.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [String; 0] = [];

    #[test]
    fn arrows_point_down_and_to_the_crates_that_the_design_names() {
        assert_eq!(wrong_arrows(&members().unwrap()), NONE);
    }

    #[test]
    fn one_crate_names_the_aws_sdk_and_none_takes_its_defaults() {
        assert_eq!(sdk_outside_of_the_adapter(&members().unwrap()), NONE);
    }

    #[test]
    fn no_crate_brings_more_along_than_its_budget_allows() {
        assert_eq!(over_budget().unwrap(), NONE);
    }

    #[test]
    fn the_client_and_the_fake_share_no_code() {
        let of_ours = |name: &String| name.starts_with("stscreds");

        assert_eq!(closure_of("fake-sts", &[]).unwrap().iter().find(|name| of_ours(name)), None);
        assert!(!closure_of("stscreds", &[]).unwrap().contains("fake-sts"));
    }

    #[test]
    fn the_model_of_the_fake_needs_no_runtime_and_no_server() {
        let closure = closure_of("fake-sts-model", &["--all-features"]).unwrap();
        let runtimes = ["tokio", "hyper", "axum", "tower", "futures", "async-trait", "mio"];
        let is_one = |name: &&String| runtimes.iter().any(|one| name.starts_with(one));

        assert!(closure.contains("aws-lc-rs"), "{closure:?}");
        assert_eq!(closure.iter().find(is_one), None);
    }

    #[test]
    fn the_fake_brings_nothing_of_the_sdk_along_unless_asked_to() {
        let of_the_sdk = |name: &&String| name.starts_with("aws-") && !name.starts_with("aws-lc-");

        assert_eq!(closure_of("fake-sts", &[]).unwrap().iter().find(of_the_sdk), None);
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        let mut core = members().unwrap().into_iter().find(|m| *m.name == "stscreds-core").unwrap();
        let upward = &mut core.dependencies[0];
        (upward.name, upward.kind) = ("stscreds".to_owned(), DependencyKind::Normal);

        assert_eq!(wrong_arrows(&[core]), ["stscreds-core must not name stscreds"]);
    }
}
