//! What this machine lacks, and what for.

use crate::tools::{TOOLS, Tool, Without};

/// Prints each tool and, of those that are missing, how to install it.
pub(crate) fn examine() -> Result<(), String> {
    let mut needed = Vec::new();
    for tool in TOOLS {
        let found = tool.is_there();
        println!("{}", line(tool, found));
        if !found && tool.without == Without::Fails {
            needed.push(tool.name);
        }
    }
    if needed.is_empty() {
        return Ok(());
    }
    Err(format!("`cargo xtask ci` fails without {}", needed.join(", ")))
}

fn line(tool: &Tool, found: bool) -> String {
    let Tool { name, needed_for, without, install, .. } = tool;
    let state = match (found, without) {
        (true, _) => "there",
        (false, Without::Fails) => "MISSING",
        (false, Without::Skips) => "absent",
    };
    let remedy = if found { String::new() } else { format!("\n{:<21}{install}", "") };
    format!("{state:<8} {name:<11} {needed_for}{remedy}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_shown_with_the_way_to_get_it() {
        let tool = TOOLS.iter().find(|tool| tool.name == "cargo-deny").unwrap();

        let lines = [line(tool, true), line(tool, false)];

        assert_eq!(lines[0], "there    cargo-deny  deny: advisories");
        assert!(lines[1].starts_with("absent   cargo-deny"), "{}", lines[1]);
        assert!(lines[1].ends_with("cargo install cargo-deny --locked"), "{}", lines[1]);
    }
}
