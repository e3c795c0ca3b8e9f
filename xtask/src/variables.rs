//! The environment variables that AWS clients read, for the test that `fake-sts` isolates from each of them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::files::told;
use crate::workspace::{output_of, root};

/// Which client's list to write anew.
#[derive(Debug, Args)]
pub(crate) struct Variables {
    /// The client and its version, such as `botocore` or `java`: the name of the list.
    client: String,
    /// Where it is installed: Python packages, `node_modules`, Go modules, crates, or jars.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
}

/// Writes the list below the tests of `fake-sts`.
pub(crate) fn write(chosen: &Variables) -> Result<(), String> {
    let mut python = Command::new("python3");
    python.arg(root().join("xtask/src/variables/extract.py")).args(&chosen.folders);
    let names = output_of(python)?;
    let list = root().join("fake-sts/tests/it/environment").join(format!("{}.txt", chosen.client));
    fs::write(&list, &names).map_err(told(&list))?;
    println!("{}: {} names; run the tests of fake-sts", chosen.client, names.lines().count());
    Ok(())
}
