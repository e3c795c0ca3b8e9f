//! The documents as a book with a search field, by [mdBook](https://rust-lang.github.io/mdBook/).
//!
//! The pages stay where they are, readable as plain files: a copy of them and of all that they
//! link to becomes the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use crate::files::read;
use crate::workspace::{cargo, root, succeed};

/// The pages that a reader begins with, in the order of the book.
const FIRST: [&str; 2] = ["README.md", "docs/README.md"];

const VERSION: &str = "0.5.4";

/// Writes it to `target/book/html`.
pub(crate) fn make() -> Result<(), String> {
    let folder = root().join("target/book");
    let pages = linked_from(&FIRST);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    for page in pages.iter() {
        let copy = folder.join("src").join(page);
        let made = copy.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::copy(root().join(page), &copy))
            .map_err(|error| format!("{}: {error}", copy.display()))?;
    }
    let written = fs::write(folder.join("src/SUMMARY.md"), summary(&pages));
    written
        .and_then(|()| fs::write(folder.join("book.toml"), CONFIGURATION))
        .map_err(|error| error.to_string())?;
    let mut build = Command::new(mdbook()?);
    build.arg("build").arg(&folder);
    succeed(build)?;
    println!("the book begins at {}", folder.join("html/index.html").display());
    Ok(())
}

const CONFIGURATION: &str = "\
[book]
title = \"stscreds\"
language = \"en\"

[build]
build-dir = \"html\"
create-missing = false
";

/// The program, which is built once if it is not there.
fn mdbook() -> Result<PathBuf, String> {
    let tools = root().join("target/tools");
    let program = tools.join("bin/mdbook");
    if !program.exists() {
        let mut install = cargo(["install", "--locked", "--version", VERSION, "mdbook", "--root"]);
        install.arg(&tools);
        succeed(install)?;
    }
    Ok(program)
}

/// These and all files of the repository that they lead to, by their paths from its root.
fn linked_from(first: &[&str]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut left: Vec<PathBuf> = first.iter().map(PathBuf::from).collect();
    while let Some(page) = left.pop() {
        if is_page(&page) {
            let text = read(&root().join(&page));
            left.extend(links(&page, &text).filter(|target| !found.contains(target)));
        }
        found.insert(page);
    }
    found
}

/// The files that a page links to; of a folder its front page.
fn links<'a>(page: &'a Path, text: &'a str) -> impl Iterator<Item = PathBuf> + 'a {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let targets = targets.filter(|target| !target.is_empty() && !target.contains("://"));
    targets.filter_map(|target| {
        let path = normal(&page.with_file_name("").join(target));
        let inside = root().join(&path);
        match inside.is_dir() {
            true => inside.join("README.md").is_file().then(|| path.join("README.md")),
            false => inside.is_file().then_some(path),
        }
    })
}

/// Without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            Component::Normal(name) => out.push(name),
            _ => {}
        }
    }
    out
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md")
}

/// First what the table of the documents lists, in its order, then all other pages.
fn summary(pages: &BTreeSet<PathBuf>) -> String {
    let [front, contents] = FIRST.map(PathBuf::from);
    let listed: Vec<PathBuf> = links(&contents, &read(&root().join(&contents))).collect();
    let mut places = BTreeMap::new();
    for (place, page) in [front, contents].iter().chain(&listed).enumerate() {
        places.entry(page.clone()).or_insert(place);
    }
    let mut chapters: Vec<&PathBuf> = pages.iter().filter(|page| is_page(page)).collect();
    chapters.sort_by_key(|page| (places.get(*page).unwrap_or(&usize::MAX), *page));
    let chapter = |page: &PathBuf| format!("- [{}]({})\n", title(page), page.display());
    let chapters: String = chapters.into_iter().map(chapter).collect();
    format!("# Summary\n\n{chapters}")
}

/// The heading of a page.
fn title(page: &Path) -> String {
    let text = read(&root().join(page));
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    heading.map_or_else(|| page.display().to_string(), |title| title.replace(['[', ']'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_a_chapter() {
        let summary = summary(&linked_from(&FIRST));

        for page in crate::files::below(&root().join("docs"), "md") {
            let page = page.strip_prefix(root()).unwrap();
            assert!(summary.contains(&format!("]({})", page.display())), "{}", page.display());
        }
    }

    #[test]
    fn the_order_is_that_of_the_table_of_contents() {
        let summary = summary(&linked_from(&FIRST));

        let at = |page: &str| summary.find(&format!("]({page})")).unwrap();
        assert!(at("README.md") < at("docs/README.md"));
        assert!(at("docs/README.md") < at("docs/sts-in-five-minutes.md"));
        assert!(at("docs/sts-in-five-minutes.md") < at("docs/choosing-a-provider.md"));
        assert!(at("docs/architecture.md") < at("CHANGELOG.md"));
    }

    #[test]
    fn a_link_leads_from_the_folder_of_its_page_and_a_folder_to_its_front_page() {
        let text =
            "[a](../README.md#crates) [b](https://example.com) [c](../crates/stscreds) ![d](#x)";

        let found: Vec<PathBuf> = links(Path::new("docs/mfa.md"), text).collect();

        assert_eq!(found, ["README.md", "crates/stscreds/README.md"].map(PathBuf::from));
    }
}
