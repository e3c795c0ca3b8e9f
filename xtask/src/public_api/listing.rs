//! What two listings differ in.

use std::collections::BTreeSet;

/// Lines that left, with a minus, and lines that came, with a plus.
pub(super) fn difference(before: &str, after: &str) -> Vec<String> {
    let [old, new] = [before, after].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = old.difference(&new).map(|line| format!("-{line}"));
    let come = new.difference(&old).map(|line| format!("+{line}"));
    gone.chain(come).collect()
}

pub(super) fn summary(difference: &[String]) -> String {
    let gone = difference.iter().filter(|line| line.starts_with('-')).count();
    match (gone, difference.len() - gone) {
        (0, 0) => "as listed".to_owned(),
        (gone, come) => format!("{gone} lines gone, {come} new"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_gone_and_new() {
        let before = "pub mod a\npub fn a::b()\n";
        let after = "pub mod a\npub fn a::b(u8)\npub fn a::c()\n";

        let difference = difference(before, after);

        assert_eq!(difference, ["-pub fn a::b()", "+pub fn a::b(u8)", "+pub fn a::c()"]);
        assert_eq!(summary(&difference), "1 lines gone, 2 new");
        assert_eq!(summary(&super::difference(after, after)), "as listed");
    }
}
