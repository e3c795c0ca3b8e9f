//! Whose types an API shows. Each such crate's major version is part of ours.

use std::collections::BTreeSet;

use cargo_metadata::Package;

/// Crates that are shown and not allowed, and crates that are allowed and not shown.
///
/// A manifest allows them under `package.metadata.public-api`.
pub(super) fn faults(package: &Package, listing: &str, ours: &[String]) -> Vec<String> {
    let shown = crates_in(listing, ours);
    let listed = package.metadata["public-api"]["foreign-crates"].as_array();
    let listed = listed.into_iter().flatten().filter_map(|name| name.as_str());
    let allowed: BTreeSet<String> = listed.map(str::to_owned).collect();
    let surplus = shown.difference(&allowed);
    let surplus = surplus.map(|name| format!("{} shows types of {name}", package.name));
    let unused = allowed.difference(&shown);
    let unused = unused.map(|name| format!("{} need not allow types of {name}", package.name));
    surplus.chain(unused).collect()
}

/// The first segments of the paths in a listing, but for the language's own crates and ours.
fn crates_in(listing: &str, ours: &[String]) -> BTreeSet<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = listing.split(|c| !is_part(c)).filter(|path| path.contains("::"));
    let first = paths.filter_map(|path| path.split("::").next());
    // A parameter such as `T` or `Self` is written large; a path that begins with `::` goes on after a `>`.
    let names = first.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    let others = names.filter(|name| !LANGUAGE.contains(name) && !ours.iter().any(|o| o == name));
    others.map(str::to_owned).collect()
}

const LANGUAGE: [&str; 3] = ["alloc", "core", "std"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_of_an_api_are_the_beginnings_of_its_paths() {
        let listing = "pub fn ours::Clock::take(T::Item, <P as other::Trait>::Error, core::u8) \
            -> alloc::vec::Vec<http::Request<Self::Body>>";

        let crates = crates_in(listing, &["ours".to_owned()]);

        assert_eq!(crates, BTreeSet::from(["http".to_owned(), "other".to_owned()]));
    }
}
