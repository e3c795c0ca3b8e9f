use std::collections::BTreeSet;
use std::fs;

use crate::markdown::{all_code_in_texts, files, pages, root};

/// Each page once, in the place for whoever needs it.
#[test]
fn the_index_lists_each_page_once() {
    let folder = root().join("docs");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let targets = index.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut listed = BTreeSet::new();
    for target in targets.filter(|target| !target.contains("://")) {
        assert!(listed.insert(target.to_owned()), "{target} stands there twice");
    }

    for page in pages().iter().filter(|page| page.parent() == Some(&folder)) {
        let name = page.file_name().unwrap().to_string_lossy();
        assert!(name == "README.md" || listed.contains(&*name), "{name} is not in the index");
    }
}

/// `src/entry.rs` is the end of a path that exists, in whichever crate.
#[test]
fn each_source_file_that_a_page_names_is_there() {
    let files = files();
    let names: Vec<_> = all_code_in_texts().filter(|code| code.ends_with(".rs")).collect();

    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(files.iter().any(|file| file.ends_with(&name)), "there is no {name}");
    }
}
