//! rustdoc's description of an API in JSON, which is unstable, by the toolchain that is here.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use cargo_metadata::{Package, TargetKind};
use serde::Deserialize;

use crate::files::told;
use crate::workspace::{cargo, root, succeed};

/// The format that the listings were made from, which Rust 1.95 writes. It changes with
/// most toolchains, and `public-api` with it.
pub(super) const FORMAT: u32 = 57;

/// What became of the APIs.
pub(super) enum Documented {
    /// One listing for each crate, in their order.
    As(Vec<String>),
    /// The listings could not be compared.
    InAnotherFormat(u32),
}

/// Documents the libraries of these packages, with all features.
pub(super) fn document(packages: &[Package]) -> Result<Documented, String> {
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = cargo(["doc", "--quiet", "--locked", "--no-deps", "--lib", "--all-features"]);
    for package in packages {
        command.args(["-p", &package.name]);
    }
    command
        .env("RUSTDOC", this)
        .env(STANDS_IN, "rustdoc")
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    succeed(command)?;
    let mut listings = Vec::new();
    for package in packages {
        let library = package.targets.iter().find(|target| target.is_kind(TargetKind::Lib));
        let library = library.ok_or_else(|| format!("{} has no library", package.name))?;
        let name = library.name.replace('-', "_");
        let json = root().join(format!("target/doc/{name}.json"));
        let format = format_of(&json)?;
        if format != FORMAT {
            return Ok(Documented::InAnotherFormat(format));
        }
        listings.push(listing(&json)?);
    }
    Ok(Documented::As(listings))
}

/// Runs rustdoc in its place, with leave to write JSON, if cargo runs this program for it.
///
/// The leave is an environment variable that build scripts look at as well: given to
/// cargo, it would build every dependency anew.
#[expect(clippy::disallowed_methods, reason = "this program set the variable for itself")]
pub(crate) fn stand_in() -> Option<ExitCode> {
    let rustdoc = env::var_os(STANDS_IN)?;
    let mut command = Command::new(rustdoc);
    command.args(env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").env_remove(STANDS_IN);
    let passed = command.status().is_ok_and(|status| status.success());
    Some(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

const STANDS_IN: &str = "XTASK_STANDS_IN_FOR";

fn format_of(json: &Path) -> Result<u32, String> {
    #[derive(Deserialize)]
    struct Head {
        format_version: u32,
    }
    let text = fs::read_to_string(json).map_err(told(json))?;
    let head: Head = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", json.display()))?;
    Ok(head.format_version)
}

/// One line for each item. What every type has by blanket implementations is left out,
/// and so are auto traits, which tests of the crates hold.
fn listing(json: &Path) -> Result<String, String> {
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .map_err(|error| format!("{}: {error}", json.display()))?;
    Ok(api.to_string())
}
