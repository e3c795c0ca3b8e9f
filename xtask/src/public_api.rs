//! The public API of each published crate, as committed in `docs/api`, and whose types it shows.

mod foreign;
mod listing;
mod rustdoc;

use std::fs;
use std::path::PathBuf;

use cargo_metadata::Package;
use clap::Args;

use self::rustdoc::Documented;
use crate::files::{read, told};
use crate::verdict::Verdict;
use crate::workspace::{libraries, root};

pub(crate) use self::rustdoc::stand_in;

/// What to do with what is different.
#[derive(Debug, Default, Args)]
pub(crate) struct PublicApi {
    /// Writes the listings anew.
    #[arg(long)]
    bless: bool,
}

/// Compares each API with its listing, and its types with those that the manifest allows.
pub(crate) fn run(chosen: &PublicApi) -> Result<Verdict, String> {
    let published = libraries()?;
    println!("describing {} APIs", published.len());
    let mut differences = Vec::new();
    match rustdoc::document(&published)? {
        Documented::InAnotherFormat(version) => {
            return Ok(Verdict::Skipped(format!(
                "rustdoc of this toolchain writes format {version}, and not {}",
                rustdoc::FORMAT
            )));
        }
        Documented::As(listings) => {
            for (package, current) in published.iter().zip(listings) {
                let path = path(package);
                let difference = listing::difference(&read(&path), &current);
                println!("{:<18} {}", package.name, listing::summary(&difference));
                if chosen.bless {
                    fs::write(&path, current).map_err(told(&path))?;
                } else if !difference.is_empty() {
                    differences.push(format!("{}:\n{}", package.name, difference.join("\n")));
                }
            }
        }
    }
    if !differences.is_empty() {
        return Err(format!(
            "{}\nif that is wanted, run `cargo xtask public-api --bless`, and see docs/releasing.md \
             for what is breaking",
            differences.join("\n")
        ));
    }
    match foreign_crates(&published) {
        faults if faults.is_empty() => Ok(Verdict::Passed),
        faults => Err(faults.join("\n")),
    }
}

/// By the committed listings, so that no toolchain is in the way of a test.
fn foreign_crates(published: &[Package]) -> Vec<String> {
    let ours: Vec<String> =
        published.iter().map(|package| package.name.replace('-', "_")).collect();
    let faults = |package: &Package| foreign::faults(package, &read(&path(package)), &ours);
    published.iter().flat_map(faults).collect()
}

fn path(package: &Package) -> PathBuf {
    root().join("docs/api").join(format!("{}.txt", package.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_shows_types_of_those_crates_that_its_manifest_names() {
        assert_eq!(foreign_crates(&libraries().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn each_published_crate_has_a_listing_and_no_other_has() {
        let published = libraries().unwrap();
        let expected: Vec<PathBuf> = published.iter().map(path).collect();

        for path in &expected {
            assert!(read(path).starts_with("pub mod "), "{}", path.display());
        }
        for path in crate::files::below(&root().join("docs/api"), "txt") {
            assert!(expected.contains(&path), "{} is nobody's", path.display());
        }
    }
}
