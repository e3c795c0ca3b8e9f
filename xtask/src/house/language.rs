//! Plain English, as a ratchet: how often each member uses a phrase that readers stumble over may only fall.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use crate::files::{below, read, told};
use crate::workspace::{folder, root};

/// What to avoid, and what to write instead. Lower case; matched as whole words.
const PHRASES: &[(&str, &str)] = &[
    ("whoever", "name the subject: the caller, code that .."),
    ("who comes back", "a caller that returns"),
    ("what is not there", "a missing value"),
    ("is none", "invalid .., is missing"),
    ("is no text", "is not a string"),
    ("is no time", "is not a timestamp"),
    ("is no arn", "is not an ARN"),
    ("is no json", "is not JSON"),
    ("of ours", "our .."),
    ("of yours", "your .."),
    ("of theirs", "their .."),
    ("of one's own", "your own"),
    ("of its own accord", "by itself"),
    ("stands twice", "duplicate"),
    ("stand twice", "duplicate"),
    ("stands still", "is stalled"),
    ("stand still", "are paused, is stalled"),
    ("stood still", "stalled"),
    ("is told", "gets, receives, learns"),
    ("are told", "get, receive"),
    ("is to be told", "must be reported"),
    ("heed", "respect, follow"),
    ("lest", "so that .. does not"),
    ("strikes", "applies, matches"),
    ("struck", "applied, matched"),
    ("under way", "in flight"),
    ("left alone", "backing off, unchanged"),
    ("made up", "generated"),
    ("side door", "control API"),
    ("to be asked for", "opt-in"),
    ("whom the system trusts", "the system's CA certificates"),
    ("a quote too few", "an unterminated quote"),
    ("standard world", "default world"),
    ("discreet", "redacted"),
    ("masked", "redacted"),
    ("wish", "request, request body"),
    ("chance", "random source, rng"),
    ("will not pass by itself", "permanent"),
    ("may pass by itself", "transient"),
    ("the answer", "the response"),
    ("an answer", "a response"),
    ("its answer", "its response"),
    ("pilot", "RefreshTask, refresh task"),
    ("lookout", "Watchdog, watchdog"),
    ("seats", "Waiters, waiters"),
    ("grounded", "NoRuntime, no runtime"),
    ("vouched", "FederatedIdentity"),
];

/// Where the counts are kept.
const COUNTS: &str = "xtask/language.toml";

/// Texts that are in no member.
const REST: &str = "workspace";

/// How often a member may use a phrase: member, phrase, number.
type Counts = BTreeMap<String, BTreeMap<String, usize>>;

/// Where a member uses a phrase.
type Places = BTreeMap<(String, &'static str), Vec<String>>;

/// Each phrase that a member uses more often than the committed count allows.
pub(super) fn risen(members: &[Package]) -> Vec<String> {
    match allowed() {
        Ok(allowed) => above(&allowed, &found(members)),
        Err(reason) => vec![reason],
    }
}

/// Lowers the committed counts to what is there, and says how many are left in all.
pub(super) fn tighten(members: &[Package]) -> Result<usize, String> {
    let places = found(members);
    let faults = above(&allowed()?, &places);
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    let mut text = String::from(
        "# How often each member uses a phrase that `cargo xtask house` advises against.\n\
         # Numbers may only fall; `cargo xtask house --tighten` lowers them.\n",
    );
    let mut current = "";
    for ((member, phrase), places) in &places {
        if current != member {
            let _ = writeln!(text, "\n[{member}]");
            current = member;
        }
        let _ = writeln!(text, "{phrase:?} = {}", places.len());
    }
    let path = root().join(COUNTS);
    fs::write(&path, text).map_err(told(&path))?;
    Ok(places.values().map(Vec::len).sum())
}

fn allowed() -> Result<Counts, String> {
    toml::from_str(&read(&root().join(COUNTS))).map_err(|error| format!("{COUNTS}: {error}"))
}

fn above(allowed: &Counts, places: &Places) -> Vec<String> {
    let mut faults = Vec::new();
    for ((member, phrase), places) in places {
        let limit = allowed.get(member).and_then(|counts| counts.get(*phrase)).copied();
        let limit = limit.unwrap_or_default();
        if places.len() > limit {
            let instead = PHRASES.iter().find(|(p, _)| p == phrase).map_or("", |(_, i)| i);
            faults.push(format!(
                "{member} says {phrase:?} {} times, {limit} are allowed; write: {instead}\n  {}",
                places.len(),
                places.join("\n  ")
            ));
        }
    }
    faults
}

fn found(members: &[Package]) -> Places {
    let mut places = Places::new();
    for member in members {
        let nested: Vec<&Path> = members
            .iter()
            .map(folder)
            .filter(|other| *other != folder(member) && other.starts_with(folder(member)))
            .collect();
        for path in texts(folder(member)) {
            if !nested.iter().any(|other| path.starts_with(other)) {
                look_into(&path, &member.name, &mut places);
            }
        }
    }
    for document in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"] {
        look_into(&root().join(document), REST, &mut places);
    }
    places
}

/// Sources and documents, without build folders and without this file, which must name the phrases.
fn texts(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let of = |ending| below(folder, ending).into_iter();
    let is_text = |path: &PathBuf| {
        let is_built = path.components().any(|part| part.as_os_str() == "target");
        !is_built && !path.ends_with("house/language.rs")
    };
    of("rs").chain(of("md")).filter(is_text)
}

fn look_into(path: &Path, member: &str, places: &mut Places) {
    let shown = path.strip_prefix(root()).unwrap_or(path).display().to_string();
    for (index, line) in read(path).lines().enumerate() {
        let line = line.to_lowercase();
        for (phrase, _) in PHRASES {
            for _ in 0..occurrences(&line, phrase) {
                let place = format!("{shown}:{}", index + 1);
                places.entry((member.to_owned(), phrase)).or_default().push(place);
            }
        }
    }
}

/// Whole words only: `tailored` has no `lore` in it.
fn occurrences(line: &str, phrase: &str) -> usize {
    let is_word = |letter: char| letter.is_alphanumeric();
    line.match_indices(phrase)
        .filter(|(start, _)| {
            let before = line[..*start].chars().next_back();
            let behind = line[start + phrase.len()..].chars().next();
            !before.is_some_and(is_word) && !behind.is_some_and(is_word)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_as_whole_words_and_in_names() {
        assert_eq!(occurrences("the pilot of a pilot_task, piloted", "pilot"), 2);
        assert_eq!(occurrences("a lesson, lest it rest", "lest"), 1);
    }

    #[test]
    fn a_rise_names_the_places_and_what_to_write() {
        let places = Places::from([(("a".to_owned(), "lookout"), vec!["a/src/x.rs:3".to_owned()])]);

        let faults = above(&Counts::new(), &places);

        assert_eq!(
            faults,
            [
                "a says \"lookout\" 1 times, 0 are allowed; write: Watchdog, watchdog\n  a/src/x.rs:3"
            ]
        );
    }

    #[test]
    fn a_fall_is_no_fault() {
        let allowed = Counts::from([("a".to_owned(), [("lookout".to_owned(), 2)].into())]);
        let places = Places::from([(("a".to_owned(), "lookout"), vec!["a/src/x.rs:3".to_owned()])]);

        assert_eq!(above(&allowed, &places), Vec::<String>::new());
    }

    #[test]
    fn every_phrase_is_in_lower_case_and_named_once() {
        let mut names: Vec<&str> = PHRASES.iter().map(|(phrase, _)| *phrase).collect();
        assert!(names.iter().all(|name| *name == name.to_lowercase()));
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), PHRASES.len());
    }
}
