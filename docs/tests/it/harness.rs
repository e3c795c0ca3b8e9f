//! The pages about other languages show files that are run, word for word.

use std::fs;
use std::path::PathBuf;

use crate::markdown::{blocks_of, root};

/// A page, and the file whose tests it shows.
const PAGES: &[(&str, Option<&str>)] = &[
    ("python", Some("test_recipes.py")),
    ("javascript", Some("recipes.test.mjs")),
    ("go", Some("recipes_test.go")),
    ("java", Some("RecipesTest.java")),
    ("aws-cli", Some("recipes.sh")),
    ("ci", None),
];

fn folder() -> PathBuf {
    root().join("docs/harness")
}

fn page(name: &str) -> PathBuf {
    folder().join(name).with_extension("md")
}

/// The lines without what stands before all of them: a method is shown as if it stood alone.
fn without_margin(text: &str) -> Vec<&str> {
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    let margin = filled.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    text.lines().map(|line| line.get(margin..).unwrap_or_default()).collect()
}

fn quotes(file: &str, block: &str) -> bool {
    let wanted = without_margin(block.trim_end());
    let lines: Vec<_> = file.lines().collect();
    lines.windows(wanted.len()).any(|part| without_margin(&part.join("\n")) == wanted)
}

#[test]
fn each_block_is_part_of_a_file_beside_its_page() {
    for (name, _) in PAGES {
        let files = fs::read_dir(folder().join(name)).unwrap();
        let files: Vec<_> = files.map(|file| fs::read_to_string(file.unwrap().path())).collect();
        let blocks = blocks_of(&page(name));
        assert!(!blocks.is_empty(), "{name}");
        for block in blocks {
            let found = files.iter().flatten().any(|file| quotes(file, &block.text));
            assert!(found, "{}: no file of {name} says that:\n{}", block.place, block.text);
        }
    }
}

#[test]
fn each_recipe_is_shown() {
    for (name, recipes) in PAGES {
        let Some(recipes) = recipes else { continue };
        let text = fs::read_to_string(folder().join(name).join(recipes)).unwrap();
        let shown = fs::read_to_string(page(name)).unwrap();
        let is_recipe = |line: &&str| {
            let line = line.trim_start();
            let beginnings = ["def test_", "test(\"", "func Test", "void ", "expect "];
            beginnings.iter().any(|beginning| line.starts_with(beginning))
        };
        let recipes: Vec<_> = text.lines().filter(is_recipe).map(str::trim).collect();
        assert!(recipes.len() > 5, "{name}: {recipes:?}");
        for recipe in recipes {
            assert!(shown.contains(recipe), "{name}: {recipe} is not shown");
        }
    }
}

#[test]
fn each_page_tells_the_versions_that_are_installed() {
    let index = fs::read_to_string(folder().join("README.md")).unwrap();
    for (file, package, separator) in [
        ("python/requirements.txt", "boto3", "=="),
        ("aws-cli/requirements.txt", "awscli", "=="),
        ("javascript/package.json", "\"@aws-sdk/client-sts\"", ": \""),
        ("go/go.mod", "github.com/aws/aws-sdk-go-v2", " v"),
    ] {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix(package)?.strip_prefix(separator));
        let version = line.unwrap().trim_matches(['"', ',']);
        assert!(index.contains(&format!(" {version} |")), "{package} {version}");
    }
    let pom = fs::read_to_string(folder().join("java/pom.xml")).unwrap();
    for (artifact, end) in [("bom", ","), ("junit-jupiter", " |")] {
        let (_, behind) = pom.split_once(&format!("<artifactId>{artifact}</artifactId>")).unwrap();
        let (_, behind) = behind.split_once("<version>").unwrap();
        let (version, _) = behind.split_once("</version>").unwrap();
        assert!(index.contains(&format!(" {version}{end}")), "{artifact} {version}");
    }
}
