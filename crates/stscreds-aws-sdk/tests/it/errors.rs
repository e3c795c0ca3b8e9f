//! Each case of the table in `docs/errors.md`, brought about.

mod denied;
mod local;
mod proof;
mod service;

use std::error::Error as _;

use stscreds_core::{CredentialsProvider, Error};

/// The error of a provider that is not expected to succeed.
async fn refused(provider: impl CredentialsProvider) -> Error {
    provider.credentials().await.unwrap_err()
}

/// Checks an error against the row of its kind, which must know the case, and that a
/// person learns from one line what there is to know.
#[track_caller]
fn told(case: &str, error: &Error) {
    let kind = format!("`{:?}`", error.kind());
    let row = table().into_iter().find(|row| row[0] == kind).unwrap();
    assert!(row[1].split("; ").any(|known| known == case), "{case:?} is no {kind}: {error}");
    assert_eq!(error.is_recoverable(), row[2] == "yes", "{error}");

    let shown = error.to_string();
    assert!(shown.ends_with(&format!("; {}", row[4])), "{shown}");
    for fact in [error.role_arn(), error.request_id(), error.sts_code()].into_iter().flatten() {
        assert!(shown.contains(fact), "{fact} is not in {shown}");
    }
    assert!(!format!("{shown} {error:?}").contains("planted"), "{error:?}");
    says_nothing_twice(error);
}

#[track_caller]
fn says_nothing_twice(error: &Error) {
    let mut sentences = vec![error.to_string()];
    let mut below = error.source();
    while let Some(cause) = below {
        let sentence = cause.to_string();
        let repeated = sentences.iter().find(|said| said.contains(&sentence));
        assert_eq!(repeated, None, "{sentence:?} is said again below");
        sentences.push(sentence);
        below = cause.source();
    }
}

/// Kind, cases, recoverable, who acts, what to do.
fn table() -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/errors.md");
    let document = std::fs::read_to_string(path).unwrap();
    let rows = document.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

#[test]
fn each_case_of_the_table_is_brought_about_by_a_test() {
    let tests = [
        include_str!("errors/denied.rs"),
        include_str!("errors/local.rs"),
        include_str!("errors/proof.rs"),
        include_str!("errors/service.rs"),
    ]
    .concat();

    for row in table() {
        for case in row[1].split("; ") {
            assert!(tests.contains(&format!("\"{case}\"")), "no test of {case:?}");
        }
    }
}
