use std::collections::BTreeSet;
use std::fs;

use crate::markdown::{all_blocks, all_code_in_texts, root};

/// How it is known that a command of the pages does what they say.
enum Known {
    /// A gate of `cargo xtask ci` runs it, or what it stands for.
    Gate(&'static str),
    /// A test runs it, or what it stands for: the file and the name.
    Test(&'static str, &'static str),
    /// Nobody runs it, for this reason.
    Not(&'static str),
}

use Known::{Gate, Not, Test};

const TAKES_MINUTES: Known = Not("measures for minutes; `cargo test -p benches` runs its parts");

const NEEDS_VALGRIND: Known = Not("counts for a minute under valgrind, which is not everywhere");

const STARTS: Known = Test(
    "fake-sts/tests/it/binary.rs",
    "it_says_where_it_is_and_what_to_paste_and_serves_until_it_is_stopped",
);

const EXAMPLE: Known =
    Test("crates/stscreds/tests/it/examples.rs", "every_example_is_run_and_listed");

const RELEASES: Known = Not("packs as the gate \"packages\" does; the rest is for a release");

/// Each line of a block of `sh` without its comment, and each `cargo ..` within a text.
const COMMANDS: &[(&str, Known)] = &[
    ("cargo bench", TAKES_MINUTES),
    ("cargo bench -p benches", TAKES_MINUTES),
    ("cargo doc -p benches --open", Not("opens a browser; the gate \"documentation\" builds it")),
    ("cargo install --locked --path fake-sts", Not("puts a program where the user has theirs")),
    ("cargo install fake-sts", Not("there is nothing to install before the first release")),
    ("cargo install --path fake-sts", Not("builds everything once more, with optimizations")),
    ("cargo run -p fake-sts", STARTS),
    ("cargo run -p fake-sts -- --port 4566", STARTS),
    ("cargo run -p stscreds --example assume_role", EXAMPLE),
    ("cargo run -p stscreds --example tour", Gate("the main job")),
    ("cargo test --workspace", Gate("tests")),
    ("cargo test -p benches", Gate("tests")),
    ("cargo test -p docs", Gate("tests")),
    ("cargo test -p stscreds-aws-sdk --test memory", Gate("tests")),
    ("cargo tour", Gate("the main job")),
    ("cargo xtask bench-fake", TAKES_MINUTES),
    ("cargo xtask bench-fake --quick", TAKES_MINUTES),
    ("cargo xtask bench-gate", NEEDS_VALGRIND),
    ("cargo xtask bench-gate --bless", NEEDS_VALGRIND),
    ("cargo xtask bench-report", TAKES_MINUTES),
    ("cargo xtask bench-report --list", TAKES_MINUTES),
    ("cargo xtask bench-report --quick", TAKES_MINUTES),
    ("cargo xtask bench-report --quick --contenders mine,stscreds,sdk-lazy", TAKES_MINUTES),
    (
        "cargo xtask bench-report --threads 1,2,16 --contenders stscreds,sdk-lazy,arc-swap --only hit,refresh",
        TAKES_MINUTES,
    ),
    ("cargo xtask book", Test("xtask/src/book.rs", "every_document_is_a_chapter")),
    ("cargo xtask ci", Not("runs this test")),
    ("cargo xtask deny", Gate("supply chain")),
    (
        "cargo xtask endpoints",
        Test("xtask/src/endpoints.rs", "each_partition_is_a_row_and_the_global_endpoint_is_apart"),
    ),
    (
        "cargo xtask doctor",
        Test("xtask/src/doctor.rs", "what_is_missing_is_shown_with_the_way_to_get_it"),
    ),
    ("cargo xtask endpoints", Not("asks PyPI for the newest rules, which a reader then reviews")),
    ("cargo xtask sts-model", Not("asks PyPI for the newest model, which changes without notice")),
    ("cargo xtask fuzz", Gate("every fuzz target for a moment")),
    ("cargo xtask house", Test("xtask/src/house.rs", "every_rule_of_the_house_is_kept")),
    ("cargo xtask interop", Gate("clients of other languages")),
    ("cargo xtask interop --java", Not("fails where Maven Central is out of reach")),
    ("cargo xtask interop --python --aws-cli", Gate("clients of other languages")),
    (
        "cargo xtask layers",
        Test("xtask/src/layers.rs", "no_crate_brings_more_along_than_its_budget_allows"),
    ),
    ("cargo xtask loom", Gate("the cache's models")),
    ("cargo xtask loom prove", Not("builds the models once for each line that they guard")),
    (
        "cargo xtask minimal-versions",
        Not("depends on what others released since; run before a release"),
    ),
    ("cargo xtask msrv", Gate("oldest toolchain")),
    ("cargo xtask package", Gate("packages")),
    ("cargo xtask platforms", Gate("other platforms")),
    ("cargo xtask powerset", Gate("features in combination")),
    ("cargo xtask public-api", Gate("public API")),
    ("cargo xtask release", RELEASES),
    ("cargo xtask release --dry-run", RELEASES),
    (
        "cargo xtask soak",
        Test("soak/tests/it/short.rs", "nothing_that_goes_wrong_makes_ours_break_a_rule"),
    ),
    (
        "cargo xtask variables CLIENT FOLDER..",
        Not("reads the sources of a client that is installed for it"),
    ),
    (
        "aws s3 ls --profile deploy-shared",
        Test(
            "crates/stscreds-cli/tests/it/usage.rs",
            "a_new_profile_gets_its_credentials_from_here",
        ),
    ),
    ("cargo demo-cli", Not("each of its steps is a test of stscreds-cli")),
    ("cargo install --locked --path crates/stscreds-cli", Gate("packages")),
    ("cargo test -p stscreds-cli --test it", Gate("tests")),
    (
        r#"eval "$(stscreds env deploy)""#,
        Test(
            "crates/stscreds-cli/tests/it/formats.rs",
            "the_shell_gets_the_session_and_loses_the_old_one",
        ),
    ),
    (
        "stscreds configure deploy-shared --from deploy",
        Test(
            "crates/stscreds-cli/tests/it/usage.rs",
            "a_new_profile_gets_its_credentials_from_here",
        ),
    ),
    (
        "stscreds exec deploy -- terraform plan",
        Test(
            "crates/stscreds-cli/tests/it/exec.rs",
            "a_program_gets_the_session_and_nothing_that_outranks_it",
        ),
    ),
    (
        "stscreds explain deploy",
        Test(
            "crates/stscreds-cli/tests/it/explain.rs",
            "a_good_profile_shows_its_files_hops_and_sessions",
        ),
    ),
    ("stscreds list", Test("crates/stscreds-cli/tests/it/login.rs", "no_list_shows_a_secret")),
    (
        "stscreds login deploy",
        Test("crates/stscreds-cli/tests/it/login.rs", "one_code_opens_the_roles_of_a_day"),
    ),
    (
        "stscreds logout",
        Test(
            "crates/stscreds-cli/tests/it/login.rs",
            "a_logout_removes_the_sessions_of_a_profile_or_all",
        ),
    ),
    ("stscreds whoami deploy", Not("the page shows what it prints; no test reads that page")),
];

fn commands_of_the_pages() -> BTreeSet<String> {
    let blocks = all_blocks();
    let shell = blocks.iter().filter(|block| block.is_of("sh"));
    let lines = shell.flat_map(|block| block.text.lines());
    let commands = lines.map(|line| line.split(" #").next().unwrap_or_default().trim());
    let in_blocks = commands.filter(|command| !command.is_empty()).map(str::to_owned);
    let in_texts = all_code_in_texts().filter(|code| code.starts_with("cargo "));
    // `<chore>` stands for any.
    in_blocks.chain(in_texts.filter(|command| !command.contains('<'))).collect()
}

#[test]
fn each_command_is_run_somewhere_or_it_is_said_why_not() {
    let shown = commands_of_the_pages();
    let known: BTreeSet<String> = COMMANDS.iter().map(|(command, _)| (*command).into()).collect();

    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(unknown.is_empty(), "say in COMMANDS who runs {unknown:?}, or why nobody does");
    let gone: Vec<_> = known.difference(&shown).collect();
    assert!(gone.is_empty(), "no page shows {gone:?} any more: take it out of COMMANDS");
}

#[test]
fn what_is_said_to_run_a_command_is_there() {
    let gates = fs::read_to_string(root().join("xtask/src/ci/gates.rs")).unwrap();
    for (command, known) in COMMANDS {
        match known {
            Gate(name) => assert!(gates.contains(&format!("\"{name}\"")), "{command}: {name}"),
            Test(file, name) => {
                let text = fs::read_to_string(root().join(file)).unwrap();
                assert!(text.contains(&format!("fn {name}()")), "{command}: {name} of {file}");
            }
            Not(why) => assert!(!why.is_empty(), "{command}"),
        }
    }
}

#[test]
fn the_tour_is_the_example_of_that_name() {
    let aliases = fs::read_to_string(root().join(".cargo/config.toml")).unwrap();

    assert!(aliases.contains("tour = \"run --quiet --package stscreds --example tour\""));
}

#[test]
fn each_chore_that_is_shown_is_one() {
    let chores = fs::read_to_string(root().join("xtask/src/main.rs")).unwrap();
    for (command, _) in COMMANDS {
        let Some(rest) = command.strip_prefix("cargo xtask ") else { continue };
        let chore = rest.split(' ').next().unwrap_or_default();
        let variant: String = chore.split('-').map(capitalized).collect();
        let is_there = |line: &str| line.trim().split([' ', ',', '(']).next() == Some(&variant);
        assert!(chores.lines().any(is_there), "{command}: there is no {variant}");
    }
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}
