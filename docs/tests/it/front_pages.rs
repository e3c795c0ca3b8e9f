use std::fs;
use std::path::PathBuf;

use crate::markdown::root;

/// What a front page answers, in this order, after its first sentence and its example.
const ANSWERS: [&str; 3] = ["# Which crate you want", "# Features", "# What it does not do"];

/// The roots of the crates that somebody depends on: a program has none.
fn crate_roots() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let folders =
        crates.chain(["fake-sts", "fake-sts/model", "benches"].map(|name| root().join(name)));
    let roots: Vec<_> =
        folders.map(|folder| folder.join("src/lib.rs")).filter(|root| root.exists()).collect();
    assert!(roots.len() > 7, "{roots:?}");
    roots
}

fn front_page(path: &PathBuf) -> String {
    let source = fs::read_to_string(path).unwrap();
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn a_front_page_says_what_it_is_shows_it_and_tells_whether_you_want_it() {
    for path in crate_roots() {
        let page = front_page(&path);
        let what = page.split("\n\n").next().unwrap_or_default();
        assert_eq!(what.matches('.').count(), 1, "{}: one sentence, not: {what}", path.display());
        let mut rest = page.as_str();
        let mut after = |wanted: &str| match rest.split_once(wanted) {
            Some((_, found)) => rest = found,
            None => panic!("{}: no {wanted}, or not where it belongs", path.display()),
        };
        after("\n```");
        for answer in ANSWERS {
            after(&format!("\n{answer}\n\n"));
        }
    }
}

/// A front page names each feature of its manifest.
#[test]
fn a_front_page_names_every_feature() {
    for path in crate_roots() {
        let page = front_page(&path);
        let manifest = fs::read_to_string(path.with_file_name("../Cargo.toml")).unwrap();
        let Some((_, rest)) = manifest.split_once("\n[features]\n") else { continue };
        let features = rest.lines().take_while(|line| !line.starts_with('['));
        let names = features.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim());
        for name in names.filter(|name| !name.starts_with('#') && *name != "default") {
            assert!(page.contains(&format!("`{name}`")), "{}: {name}", path.display());
        }
    }
}
