use std::fs;
use std::path::Path;

use crate::markdown::root;

/// Each limit that is told is a constant where the page says, and has the test that it names.
#[test]
fn each_limit_is_in_the_code_and_has_its_test() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (_, limits) = page.split_once("\n## Limits\n").unwrap();
    let rows: Vec<_> = limits.lines().filter(|line| line.contains(".rs) | `")).collect();
    assert!(rows.len() > 15, "the table was found");
    let tests = sources(&root().join("crates")) + &sources(&root().join("fake-sts"));

    for row in rows {
        let (constant, rest) = row.split_once("[`").unwrap().1.split_once("`](../").unwrap();
        let (file, rest) = rest.split_once(") | `").unwrap();
        let (test, _) = rest.split_once('`').unwrap();

        let code = fs::read_to_string(root().join(file)).unwrap();
        assert!(code.contains(&format!("const {constant}: ")), "{constant} in {file}");
        assert!(tests.contains(&format!("fn {test}(")), "{test}");
    }
}

/// All Rust below a folder, in one text.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text += &fs::read_to_string(&path).unwrap();
        }
    }
    text
}
