//! `cargo demo-cli`: the command from end to end against the embedded fake STS. No AWS
//! account, no configuration, and none of your files is read or written.

#![allow(clippy::print_stdout, reason = "an example speaks")]

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fake_sts::blocking::FakeSts;

const CONFIG: &str = "\
[profile alice]
aws_access_key_id = AKIARTX3GSDSQALICE22
aws_secret_access_key = fake-sts/secret/of/alice/not/for/real/00

[profile deploy]
role_arn = arn:aws:iam::111122223333:role/mfa
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/alice
region = eu-central-1
";

struct Demo {
    stscreds: PathBuf,
    home: PathBuf,
    sts: FakeSts,
}

fn main() -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    fs::create_dir(home.path().join(".aws"))?;
    fs::write(home.path().join(".aws/config"), CONFIG)?;
    let demo = Demo { stscreds: built()?, home: home.path().to_owned(), sts: FakeSts::start() };

    println!("A role that wants an MFA code. Here the fake's device shows it; you would be asked.");
    let code = demo.sts.totp_code("arn:aws:iam::111122223333:mfa/alice")?;
    demo.run("stscreds login deploy --mfa-code -", &format!("{code}\n"))?;

    println!("\nFrom now on no code is needed.");
    demo.run("stscreds whoami deploy", "")?;
    demo.run("stscreds exec deploy -- sh -c 'echo a program has $AWS_ACCESS_KEY_ID'", "")?;

    println!("\nTwenty processes at once share the session.");
    let before = demo.sts.journal().calls().len();
    let script = "for i in $(seq 20); do stscreds process deploy > /dev/null & done; wait";
    demo.run(script, "")?;
    println!("  calls of STS: {}", demo.sts.journal().calls().len() - before);

    println!("\nWhat is cached, and how the profile resolves.");
    demo.run("stscreds list", "")?;
    demo.run("stscreds explain deploy", "")?;

    println!("\nA profile that does not exist.");
    demo.run("stscreds env delpoy || true", "")?;
    demo.run("stscreds logout", "")
}

/// The command beside this example, built from the same sources.
fn built() -> Result<PathBuf, Box<dyn Error>> {
    let arguments = ["build", "--quiet", "--package", "stscreds-cli", "--bin", "stscreds"];
    let status = Command::new(env!("CARGO")).args(arguments).status()?;
    if !status.success() {
        return Err("the command did not build".into());
    }
    let example = std::env::current_exe()?;
    let profile = example.parent().and_then(Path::parent).ok_or("an example in no directory")?;
    Ok(profile.join(format!("stscreds{}", std::env::consts::EXE_SUFFIX)))
}

impl Demo {
    fn run(&self, script: &str, input: &str) -> Result<(), Box<dyn Error>> {
        println!("$ {script}");
        let programs = self.stscreds.parent().ok_or("a program in no directory")?;
        let mut child = Command::new("sh")
            .args(["-c", script])
            .env_clear()
            .env("HOME", &self.home)
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display()))
            .env("AWS_ENDPOINT_URL_STS", self.sts.uri())
            .stdin(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        match child.wait()?.success() {
            true => Ok(()),
            false => Err(format!("failed: {script}").into()),
        }
    }
}
