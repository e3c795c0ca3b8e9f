//! A machine with a home, profile files and a fake STS that is reached over HTTP.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fake_sts::blocking::FakeSts;
use fake_sts::journal::Call;
use tempfile::TempDir;

pub const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";

/// alice has long-term keys; the others are roles over her.
const CONFIG: &str = "
[profile plain]
role_arn = arn:aws:iam::111122223333:role/plain
source_profile = alice

[profile mfa]
role_arn = arn:aws:iam::111122223333:role/mfa
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/alice

[profile mfa2]
role_arn = arn:aws:iam::111122223333:role/mfa
role_session_name = second
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/alice

[profile next]
role_arn = arn:aws:iam::111122223333:role/next
source_profile = plain

[profile short]
role_arn = arn:aws:iam::111122223333:role/plain
source_profile = alice
duration_seconds = 900

[profile user-mfa]
aws_access_key_id = AKIARTX3GSDSQALICE22
aws_secret_access_key = fake-sts/secret/of/alice/not/for/real/00
mfa_serial = arn:aws:iam::111122223333:mfa/alice

[profile denied]
role_arn = arn:aws:iam::111122223333:role/external
source_profile = alice

[profile loop]
role_arn = arn:aws:iam::111122223333:role/plain
source_profile = loop2

[profile loop2]
role_arn = arn:aws:iam::111122223333:role/plain
source_profile = loop

[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = admin
";

const CREDENTIALS: &str = "
[alice]
aws_access_key_id = AKIARTX3GSDSQALICE22
aws_secret_access_key = fake-sts/secret/of/alice/not/for/real/00
";

pub struct Machine {
    pub sts: FakeSts,
    pub home: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let machine = Self { sts: FakeSts::start(), home };
        fs::create_dir(machine.path(".aws")).unwrap();
        machine.write(".aws/config", CONFIG);
        machine.write(".aws/credentials", CREDENTIALS);
        machine
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn add_to_config(&self, text: &str) {
        self.write(".aws/config", format!("{CONFIG}\n{text}"));
    }

    pub fn cache(&self) -> PathBuf {
        self.path(".cache/stscreds")
    }

    /// The command without a terminal, and with nothing of the tests' own environment.
    pub fn stscreds(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(env!("CARGO_BIN_EXE_stscreds")).args(arguments);
        self.prepare(&mut command);
        command.stdin(Stdio::null());
        command
    }

    pub fn prepare(&self, command: &mut Command) {
        command.env_clear().envs(self.variables());
    }

    pub fn variables(&self) -> BTreeMap<String, String> {
        let home = self.home.path().display().to_string();
        [
            ("HOME", home),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("SHELL", "/bin/sh".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL_STS", self.sts.uri().to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.stscreds(arguments).output().unwrap())
    }

    pub fn code(&self) -> String {
        self.sts.totp_code(DEVICE).unwrap()
    }

    /// The operations that STS was asked for, in order.
    pub fn calls(&self) -> Vec<String> {
        let operation = |call: &Call| call.operation.clone();
        self.sts.journal().calls().iter().map(operation).collect()
    }

    /// The files of sessions.
    pub fn sessions(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.cache()).into_iter().flatten();
        let paths = files.map(|file| file.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|e| e == "json")).collect()
    }

    /// Rewrites when every session ends, in seconds from now.
    pub fn expire_in(&self, seconds: u64) {
        for path in self.sessions() {
            expire_in(&path, seconds);
        }
    }
}

fn expire_in(path: &Path, seconds: u64) {
    let text = fs::read_to_string(path).unwrap();
    let mut entry: serde_json::Value = serde_json::from_str(&text).unwrap();
    let now: std::time::SystemTime = stscreds::core::Clock::system().now().into();
    let expiry = stscreds::core::Timestamp::from(now + std::time::Duration::from_secs(seconds));
    entry["Expiration"] = expiry.to_string().into();
    // A session of an hour, or half of its life would be left.
    let issued = expiry - std::time::Duration::from_secs(3600);
    entry["Stscreds"]["IssuedAt"] = issued.to_string().into();
    fs::write(path, entry.to_string()).unwrap();
}

/// What came of a command.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    #[track_caller]
    pub fn fails(self, code: i32, says: &str) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.stderr.contains(says), "{says:?} is not in {}", self.stderr);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}
