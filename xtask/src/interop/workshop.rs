use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::run::{Obstacle, finish};
use crate::workspace::root;

/// A client's folder below target/interop: what is installed, and beside it copies of the tests.
#[derive(Debug)]
pub(super) struct Workshop {
    pub(super) folder: PathBuf,
    pub(super) tests: PathBuf,
}

impl Workshop {
    /// Copies the recipes and the further tests of this client, as their tools write beside what they run.
    pub(super) fn open(client: &str) -> Result<Self, String> {
        let folder = root().join("target/interop").join(client);
        let tests = folder.join("tests");
        if tests.exists() {
            fs::remove_dir_all(&tests).map_err(told(&tests))?;
        }
        for source in
            ["docs/harness", "fake-sts/interop"].map(|place| root().join(place).join(client))
        {
            copy(&source, &tests)?;
        }
        Ok(Self { folder, tests })
    }

    /// Installs with this command, unless this list of what to install is the one of the last time.
    pub(super) fn install(&self, list: &str, command: &mut Command) -> Result<(), Obstacle> {
        let marker = self.folder.join("installed");
        let wanted =
            fs::read_to_string(self.tests.join(list)).map_err(|error| failed(list, &error))?;
        if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        finish(command, &self.folder.join("install.log")).map_err(|reason| {
            Obstacle::Missing(format!("its clients cannot be installed: {reason}"))
        })?;
        fs::write(&marker, wanted).map_err(|error| failed("installed", &error))
    }

    /// Runs tests against the binary, and yields what they said.
    pub(super) fn test(&self, command: &mut Command) -> Result<String, Obstacle> {
        self.prepared(command);
        finish(command, &self.folder.join("test.log")).map_err(Obstacle::Failed)
    }

    /// To be run among the tests, with the binary and without the settings of whoever runs it.
    pub(super) fn prepared<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let binary = format!("target/debug/fake-sts{}", std::env::consts::EXE_SUFFIX);
        command
            .current_dir(&self.tests)
            .env("FAKE_STS_BIN", root().join(binary))
            // The clients read them before the files that the recipes give them.
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_ENDPOINT_URL")
            .env_remove("AWS_CA_BUNDLE")
    }
}

fn copy(source: &Path, target: &Path) -> Result<(), String> {
    fs::create_dir_all(target).map_err(told(target))?;
    let Ok(entries) = fs::read_dir(source) else { return Ok(()) };
    for entry in entries {
        let from = entry.map_err(told(source))?.path();
        let to = target.join(from.file_name().unwrap_or_default());
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to).map_err(told(&from))?;
        }
    }
    Ok(())
}

fn failed(what: &str, error: &std::io::Error) -> Obstacle {
    Obstacle::Failed(format!("{what}: {error}"))
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
