use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::markdown::{all_blocks, root};

/// Where pages are made documentation tests, and the folder their paths start from.
const INCLUDING: &[&str] = &[
    "docs/src/pages.rs",
    "crates/stscreds-aws-sdk/src/lib.rs",
    "crates/stscreds-cache/src/lib.rs",
    "crates/stscreds-core/src/lib.rs",
    "crates/stscreds-http/src/lib.rs",
    "crates/stscreds-metrics/src/lib.rs",
    "crates/stscreds-object-store/src/lib.rs",
    "crates/stscreds-reqsign/src/lib.rs",
    "crates/stscreds-profile/src/lib.rs",
    "crates/stscreds-provider/src/lib.rs",
    "crates/stscreds-token/src/lib.rs",
    "crates/stscreds-transport/src/lib.rs",
    "crates/stscreds/src/lib.rs",
    "fake-sts/model/src/lib.rs",
    "fake-sts/src/lib.rs",
];

#[test]
fn each_page_with_a_block_of_rust_is_compiled() {
    let mut compiled = BTreeSet::new();
    for source in INCLUDING {
        let source = root().join(source);
        for part in fs::read_to_string(&source).unwrap().split('"') {
            if part.ends_with(".md") {
                let page: PathBuf = source.with_file_name("").join(part);
                compiled.insert(page.canonicalize().unwrap());
            }
        }
    }

    for block in all_blocks().iter().filter(|block| block.is_of("rust")) {
        let page = block.page.canonicalize().unwrap();
        assert!(compiled.contains(&page), "{} is compiled by nobody", block.place);
    }
}

/// rustdoc takes a block without a language for Rust, and one that says `ignore` for
/// nothing at all.
#[test]
fn each_block_says_what_it_is_and_no_rust_is_passed_over() {
    for block in all_blocks() {
        let language = block.words().next();
        assert!(language.is_some(), "{}: a block without a language", block.place);
        let may_be = ["rust", "no_run", "compile_fail", "should_panic"];
        if language == Some("rust") {
            let skipped = block.words().find(|word| !may_be.contains(word));
            assert_eq!(skipped, None, "{}", block.place);
        }
    }
}

/// On a page as GitHub shows it, a hidden line is in plain sight.
#[test]
fn no_rust_on_a_page_has_lines_that_only_rustdoc_hides() {
    for block in all_blocks().iter().filter(|block| block.is_of("rust")) {
        let hidden = block.text.lines().find(|line| line.starts_with("# ") || *line == "#");
        assert_eq!(hidden, None, "{}", block.place);
    }
}
